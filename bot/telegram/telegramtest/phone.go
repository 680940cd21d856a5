package telegramtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// waitFor is how long the waiting methods wait at the most.
const waitFor = 20 * time.Second

// A Message is one in a chat with the bot.
type Message struct {
	ID        int
	At        time.Time
	Text      string
	Preview   bool // links in it were fetched
	Protected bool // it cannot be saved or passed on
	Cut       bool // the bot's: the answer that told of it did not come back, the bot cannot know its number
	Gone      bool // it was deleted

	mine    bool // the person's own
	stuck   bool // refuses to be deleted
	buttons []Button
}

// Mine says whether the person wrote it.
func (m Message) Mine() bool { return m.mine }

// Buttons are those below it.
func (m Message) Buttons() []Button { return slices.Clone(m.buttons) }

// A Button is one below a message.
type Button struct{ Label, Data string }

// A Phone is a person's private chat with the bot.
type Phone struct {
	s                           *Server
	id                          int64
	begun, blocked, deactivated bool
	messages                    []*Message
	ever                        []*Message  // deleted ones too
	sent                        []time.Time // the bot's messages of the last second
	flooded                     time.Time
	last                        int // the person's last message, deleted or not
	total                       int // messages of the bot so far
}

// Phone gives somebody a phone. The bot cannot write to it before its person has written.
func (s *Server) Phone() *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextChat++
	p := &Phone{s: s, id: s.nextChat}
	s.phones[p.id] = p
	return p
}

// Chat is the chat's id, as the bot gets it.
func (p *Phone) Chat() string { return strconv.FormatInt(p.id, 10) }

// person is what Telegram tells a bot about who writes: names that must not be kept.
func (p *Phone) person() map[string]any {
	return map[string]any{"id": p.id, "is_bot": false, "first_name": "Firstname" + p.Chat(), "last_name": "Lastname" + p.Chat(), "username": "name" + p.Chat(), "language_code": "en"}
}

func (p *Phone) chat() map[string]any {
	return map[string]any{"id": p.id, "type": "private", "first_name": "Firstname" + p.Chat(), "username": "name" + p.Chat()}
}

// add puts a message into the chat. The caller holds mu.
func (p *Phone) add(text string, mine bool) *Message {
	p.s.nextID++
	m := &Message{ID: p.s.nextID, At: p.s.opts.Now(), Text: text, mine: mine}
	p.messages, p.ever = append(p.messages, m), append(p.ever, m)
	if mine {
		p.last, p.begun = m.ID, true
	} else {
		p.total++
	}
	return m
}

func (p *Phone) find(id int) *Message {
	for _, m := range p.messages {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (m *Message) json(p *Phone) map[string]any {
	from := p.person()
	if !m.mine {
		from = map[string]any{"id": 5550001, "is_bot": true, "first_name": "Notices", "username": p.s.opts.Username}
	}
	out := map[string]any{"message_id": m.ID, "date": m.At.Unix(), "chat": p.chat(), "from": from}
	if m.Text != "" {
		out["text"] = m.Text
	}
	if len(m.buttons) > 0 {
		var rows [][]map[string]string
		for _, b := range m.buttons {
			rows = append(rows, []map[string]string{{"text": b.Label, "callback_data": b.Data}})
		}
		out["reply_markup"] = map[string]any{"inline_keyboard": rows}
	}
	return out
}

// Starts opens a deep link (code may be empty: the START button) and returns the number of the update.
func (p *Phone) Starts(code string) int64 {
	return p.Writes(strings.TrimSpace("/start " + code))
}

// Writes sends a text and returns the number of the update.
func (p *Phone) Writes(text string) int64 { return p.sends(text, nil) }

// SendsPhoto sends a picture with some words under it.
func (p *Phone) SendsPhoto() int64 { return p.SendsPhotoWith("under the picture") }

// SendsPhotoWith sends a picture with these words under it.
func (p *Phone) SendsPhotoWith(caption string) int64 {
	return p.sends("", map[string]any{"caption": caption, "photo": []map[string]any{{"file_id": "AgAC", "file_unique_id": "Aq", "width": 90, "height": 60}}})
}

// SendsOther sends a message with something else in it, by its name in the Bot API: "voice", "contact", "location", …
func (p *Phone) SendsOther(kind string, content any) int64 {
	return p.sends("", map[string]any{kind: content})
}

func (p *Phone) sends(text string, more map[string]any) int64 {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.add(text, true)
	body := m.json(p)
	for k, v := range more {
		body[k] = v
	}
	return p.s.push(p.id, "message", body)
}

// Edits changes the person's last message, if it is still there.
func (p *Phone) Edits(text string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.find(p.last)
	if m == nil {
		return fmt.Errorf("there is no message to change")
	}
	m.Text = text
	body := m.json(p)
	body["edit_date"] = p.s.opts.Now().Unix()
	p.s.push(p.id, "edited_message", body)
	return nil
}

// Taps taps the newest button whose label, or digit before the label, is this.
func (p *Phone) Taps(label string) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for _, m := range slices.Backward(p.messages) {
		for _, b := range m.buttons {
			digit, words, _ := strings.Cut(b.Label, " ")
			if b.Label == label || digit == label || words == label {
				p.tap(m, b.Data)
				return nil
			}
		}
	}
	return fmt.Errorf("no button %q is in the chat; it holds:\n%s", label, p.screen())
}

// TapsOld taps a button that was read from the screen before, whether it is still there or not.
func (p *Phone) TapsOld(m Message, b Button) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.tap(&m, b.Data)
}

func (p *Phone) tap(m *Message, data string) {
	id := fmt.Sprintf("q%d", len(p.s.taps)+1)
	p.s.taps[id] = &tap{chat: p.id}
	p.s.push(p.id, "callback_query", map[string]any{"id": id, "from": p.person(), "message": m.json(p), "chat_instance": "7", "data": data})
}

// Blocks blocks the bot; Unblocks undoes it.
func (p *Phone) Blocks() { p.member(true) }

// Unblocks lets the bot write again.
func (p *Phone) Unblocks() { p.member(false) }

func (p *Phone) member(blocked bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.blocked = blocked
	status := map[bool]string{true: "kicked", false: "member"}
	me := map[string]any{"id": 5550001, "is_bot": true, "first_name": "Notices"}
	p.s.push(p.id, "my_chat_member", map[string]any{"chat": p.chat(), "from": p.person(), "date": p.s.opts.Now().Unix(),
		"old_chat_member": map[string]any{"status": status[!blocked], "user": me, "until_date": 0},
		"new_chat_member": map[string]any{"status": status[blocked], "user": me, "until_date": 0}})
}

// Deactivates deletes the person's account.
func (p *Phone) Deactivates() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.deactivated = true
}

// Flood makes every message to this phone wait for so long: 429.
func (p *Phone) Flood(d time.Duration) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.flooded = p.s.opts.Now().Add(d)
}

// Holds makes the newest message of the bot one that Telegram refuses to delete.
func (p *Phone) Holds() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for _, m := range slices.Backward(p.messages) {
		if !m.mine {
			m.stuck = true
			return
		}
	}
}

// Messages are those in the chat now, oldest first.
func (p *Phone) Messages() []Message { return p.copies(func() []*Message { return p.messages }) }

// Ever are all messages that ever were in the chat, oldest first.
func (p *Phone) Ever() []Message { return p.copies(func() []*Message { return p.ever }) }

func (p *Phone) copies(of func() []*Message) []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	var out []Message
	for _, m := range of() {
		c := *m
		c.buttons = slices.Clone(m.buttons)
		out = append(out, c)
	}
	return out
}

// Received is how many messages the bot has sent to this phone, deleted ones too.
func (p *Phone) Received() int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.total
}

// Screen is the chat as text: "> " before what the person wrote, buttons in brackets.
func (p *Phone) Screen() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.screen()
}

func (p *Phone) screen() string {
	var b strings.Builder
	for _, m := range p.messages {
		if m.mine {
			b.WriteString("> ")
		}
		b.WriteString(m.Text + "\n")
		for _, k := range m.buttons {
			b.WriteString("[" + k.Label + "]\n")
		}
	}
	return b.String()
}

// Waits returns when the chat shows this text; an error after 20 seconds.
func (p *Phone) Waits(text string) error {
	return p.Until(func(screen string) bool { return strings.Contains(screen, text) })
}

// Until returns when ok says so of [Phone.Screen]; an error, with the screen, after 20 seconds.
func (p *Phone) Until(ok func(screen string) bool) error {
	if err := p.s.until(waitFor, func() bool { return ok(p.screen()) }); err != nil {
		return fmt.Errorf("%w; the chat holds:\n%s", err, p.Screen())
	}
	return nil
}

// A Group is a group that somebody adds the bot to.
type Group struct {
	s    *Server
	id   int64
	left bool
}

// Group adds the bot to a new group.
func (s *Server) Group() *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextChat++
	g := &Group{s: s, id: -1_000_000_000_000 - s.nextChat}
	s.groups[g.id] = g
	me := map[string]any{"id": 5550001, "is_bot": true, "first_name": "Notices"}
	s.push(g.id, "my_chat_member", map[string]any{"chat": g.chat(), "from": map[string]any{"id": 1, "is_bot": false, "first_name": "Group"}, "date": s.opts.Now().Unix(),
		"old_chat_member": map[string]any{"status": "left", "user": me}, "new_chat_member": map[string]any{"status": "member", "user": me}})
	return g
}

func (g *Group) chat() map[string]any {
	return map[string]any{"id": g.id, "type": "supergroup", "title": "Group title"}
}

// Writes sends a text to the group.
func (g *Group) Writes(text string) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.s.nextID++
	g.s.push(g.id, "message", map[string]any{"message_id": g.s.nextID, "date": g.s.opts.Now().Unix(), "chat": g.chat(),
		"from": map[string]any{"id": 1, "is_bot": false, "first_name": "Group"}, "text": text})
}

// Left returns when the bot has left the group; an error after 20 seconds.
func (g *Group) Left() error { return g.s.until(waitFor, func() bool { return g.left }) }

// BotWrites has another bot write in a private chat, and returns the number of the update.
func (s *Server) BotWrites(text string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	return s.push(42, "message", map[string]any{"message_id": s.nextID, "date": s.opts.Now().Unix(), "chat": map[string]any{"id": 42, "type": "private"},
		"from": map[string]any{"id": 42, "is_bot": true, "first_name": "Other"}, "text": text})
}
