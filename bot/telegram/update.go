package telegram

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"quietline/bot"
	"quietline/flows"
)

// allowed are the kinds of updates that Telegram is asked for; it keeps everything else to itself.
var allowed = []string{models.AllowedUpdateMessage, models.AllowedUpdateEditedMessage, models.AllowedUpdateCallbackQuery, models.AllowedUpdateMyChatMember}

// errShape is an update that cannot be read. What a decoder says of it may quote it, and stays out.
var errShape = errors.New("the update cannot be read")

// A heard is one update, reduced to what is done about it. Several may be set; none: nothing is done.
type heard struct {
	id     int64
	chat   int64        // zero: none
	in     *bot.Inbound // to be taken
	link   string       // what the deep link carried that it was opened with
	tap    string       // callback query to answer
	tapped int          // the message whose buttons go
	leave  bool         // the chat is a group or channel: leave it
}

// parse reads an update. Whatever the library does not know — a kind of message newer than it — is still something that a
// person sent, and is read by its outline.
func (c *Channel) parse(raw []byte) (heard, error) {
	u, err := decode(raw)
	if err != nil {
		if u, err = outline(raw); err != nil {
			return heard{}, err
		}
	}
	if u.ID <= 0 {
		return heard{}, errShape
	}
	h := heard{id: u.ID}
	switch {
	case u.Message != nil:
		c.message(&h, u.Message)
	case u.EditedMessage != nil:
		c.edited(&h, u.EditedMessage)
	case u.CallbackQuery != nil:
		c.tapped(&h, u.CallbackQuery)
	case u.MyChatMember != nil:
		m := u.MyChatMember
		gone := m.NewChatMember.Type == models.ChatMemberTypeLeft || m.NewChatMember.Type == models.ChatMemberTypeBanned
		h.chat, h.leave = m.Chat.ID, !private(m.Chat) && !gone
		// In a private chat it says that the person blocked the bot, or no longer does: the next send will tell.
	}
	if h.in != nil {
		h.in.Channel, h.in.ID, h.in.Address = Name, "tg"+strconv.FormatInt(u.ID, 10), bot.Hide(strconv.FormatInt(h.chat, 10))
	}
	return h, nil
}

// decode reads all of an update, whatever it does to the library.
func decode(raw []byte) (u models.Update, err error) {
	defer func() {
		if recover() != nil {
			err = errShape
		}
	}()
	if json.Unmarshal(raw, &u) != nil {
		return u, errShape
	}
	return u, nil
}

// outline reads only what every message has.
func outline(raw []byte) (models.Update, error) {
	type message struct {
		ID   int         `json:"message_id"`
		Date int         `json:"date"`
		From models.User `json:"from"`
		Chat models.Chat `json:"chat"`
	}
	var o struct {
		ID      int64    `json:"update_id"`
		Message *message `json:"message"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return models.Update{}, errShape
	}
	u := models.Update{ID: o.ID}
	if m := o.Message; m != nil {
		u.Message = &models.Message{ID: m.ID, Date: m.Date, From: &m.From, Chat: m.Chat}
	}
	return u, nil
}

func private(c models.Chat) bool { return c.Type == models.ChatTypePrivate }

func (c *Channel) message(h *heard, m *models.Message) {
	h.chat = m.Chat.ID
	switch {
	case !private(m.Chat):
		h.leave = true
		return
	case m.From != nil && m.From.IsBot, service(m):
		return
	}
	h.in = &bot.Inbound{Receipt: &bot.Receipt{ID: strconv.Itoa(m.ID), At: c.sentAt(m.Date)}}
	if m.Text == "" { // a picture, a voice, a place, a contact, a sticker: not fetched; a danger word under it is heard
		h.in.Other = true
		h.in.Text = bot.Hide(clean(m.Caption))
		return
	}
	said, payload, start := words(m.Text)
	switch {
	case start:
		h.link = payload
	case said == "":
		h.in.Other = true
	default:
		h.in.Text = bot.Hide(said)
	}
}

// edited passes on what a text was changed to. A moving place or a changed caption is nothing new.
func (c *Channel) edited(h *heard, m *models.Message) {
	h.chat = m.Chat.ID
	if !private(m.Chat) || m.From != nil && m.From.IsBot {
		return
	}
	if said, _, start := words(m.Text); said != "" && !start {
		h.in = &bot.Inbound{Text: bot.Hide(said), Edited: true}
	}
}

func (c *Channel) tapped(h *heard, q *models.CallbackQuery) {
	h.tap = q.ID
	var chat models.Chat
	switch m := q.Message; {
	case m.Message != nil:
		chat, h.tapped = m.Message.Chat, m.Message.ID
	case m.InaccessibleMessage != nil:
		chat, h.tapped = m.InaccessibleMessage.Chat, m.InaccessibleMessage.MessageID
	}
	h.chat = chat.ID
	if !private(chat) || q.From.IsBot {
		return
	}
	i := strings.LastIndexByte(q.Data, ':')
	if i <= 0 || i > maxData {
		return // not a button of ours
	}
	if d, err := strconv.Atoi(q.Data[i+1:]); err == nil && d >= 1 && d <= flows.MaxChoices && clean(q.Data[:i]) == q.Data[:i] {
		h.in = &bot.Inbound{Turn: q.Data[:i], Digit: d}
	}
}

// service says whether a message is one that Telegram wrote about the chat itself.
func service(m *models.Message) bool {
	return m.PinnedMessage != nil || m.MessageAutoDeleteTimerChanged != nil || m.WriteAccessAllowed != nil || m.ChatBackgroundSet != nil ||
		m.ConnectedWebsite != "" || m.ProximityAlertTriggered != nil || m.BoostAdded != nil || m.ForumTopicCreated != nil ||
		m.ForumTopicEdited != nil || m.ForumTopicClosed != nil || m.ForumTopicReopened != nil || len(m.NewChatMembers) > 0 || m.LeftChatMember != nil
}

// words are what a text says: a command without its slash and the bot's name; "/start" and what a deep link puts behind it.
func words(text string) (said, payload string, start bool) {
	text = clean(text)
	if len(text) < 2 || text[0] != '/' || !wordByte(text[1]) {
		return text, "", false
	}
	command, rest, _ := strings.Cut(text[1:], " ")
	command, _, _ = strings.Cut(command, "@")
	rest = strings.TrimSpace(rest)
	if !strings.EqualFold(command, "start") {
		return strings.TrimSpace(command + " " + rest), "", false
	}
	if rest != "" && !linked(rest) {
		return rest, "", false // written behind it by hand: it is heard as any text (S3)
	}
	return "", rest, true
}

// linked says whether s can be what a deep link carries (1–64 of A-Z a-z 0-9 _ -), and not a number somebody wrote.
func linked(s string) bool {
	letters := false
	for i := range len(s) {
		if !wordByte(s[i]) && s[i] != '-' {
			return false
		}
		letters = letters || s[i] > '9'
	}
	return letters && len(s) <= 64
}

func wordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_'
}

// clean takes out what [bot.Bot.Take] refuses: control characters and those that change the order in which others are shown.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > bot.MaxMessage {
		n := bot.MaxMessage
		for !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.TrimSpace(s)
}
