package telegramtest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Kept is what Telegram holds of the bot's private chats, so that a test can go on with them on another day: it is JSON.
// Updates that wait to be taken, webhook and faces are not in it.
type Kept struct {
	Message int   // the last message's number
	Update  int64 // the last update's number
	Chats   []KeptChat
}

// A KeptChat is one chat with what is still in it, oldest first.
type KeptChat struct {
	Chat     string // as [Phone.Chat] says it
	Last     int    // the person's last message, deleted or not
	Messages []KeptMessage
}

// A KeptMessage is one message of a chat.
type KeptMessage struct {
	ID      int
	At      time.Time
	Text    string
	Mine    bool // the person's own
	Buttons []Button
}

// Kept is what is here now, chats by their numbers.
func (s *Server) Kept() Kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := Kept{Message: s.nextID, Update: s.nextUp}
	for _, p := range s.phones {
		c := KeptChat{Chat: p.Chat(), Last: p.last}
		for _, m := range p.messages {
			c.Messages = append(c.Messages, KeptMessage{m.ID, m.At, m.Text, m.mine, m.buttons})
		}
		k.Chats = append(k.Chats, c)
	}
	slices.SortFunc(k.Chats, func(a, b KeptChat) int { return strings.Compare(a.Chat, b.Chat) })
	return k
}

// Keeps puts back what an earlier server held. It must be called before anybody has a phone here.
func (s *Server) Keeps(k Kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID, s.nextUp = k.Message, k.Update
	for _, c := range k.Chats {
		id, err := strconv.ParseInt(c.Chat, 10, 64)
		if err != nil {
			panic("telegramtest: " + c.Chat + " is not the number of a chat")
		}
		p := &Phone{s: s, id: id, begun: c.Last > 0, last: c.Last}
		for _, m := range c.Messages {
			one := &Message{ID: m.ID, At: m.At, Text: m.Text, mine: m.Mine, buttons: m.Buttons}
			p.messages, p.ever = append(p.messages, one), append(p.ever, one)
			if !m.Mine {
				p.total++
			}
		}
		s.phones[id] = p
		s.nextChat = max(s.nextChat, id)
	}
}

// PhoneOf is the phone with this chat, or nil.
func (s *Server) PhoneOf(chat string) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.phones {
		if p.Chat() == chat {
			return p
		}
	}
	return nil
}
