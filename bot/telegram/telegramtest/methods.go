package telegramtest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

func (s *Server) call(method string, v url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	a := s.do(strings.ToLower(method), v)
	if a.Code == 400 {
		s.mistakes = append(s.mistakes, method+": "+a.Description)
	}
	return a
}

// do does one call. The caller holds mu.
func (s *Server) do(method string, v url.Values) answer {
	switch method {
	case "getme":
		return done(map[string]any{"id": 5550001, "is_bot": true, "first_name": "Notices", "username": s.opts.Username, "can_join_groups": s.opts.Groups})
	case "sendmessage":
		return s.sendMessage(v)
	case "deletemessages", "deletemessage":
		return s.deleteMessages(method, v)
	case "editmessagereplymarkup":
		return s.editButtons(v)
	case "answercallbackquery":
		t := s.taps[v.Get("callback_query_id")]
		if t == nil {
			return refuse(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
		}
		if n := utf8.RuneCountInString(v.Get("text")); n > 200 {
			return refuse(400, "Bad Request: MESSAGE_TOO_LONG")
		}
		t.answered = true
		return done(true)
	case "leavechat":
		id, _ := strconv.ParseInt(v.Get("chat_id"), 10, 64)
		g := s.groups[id]
		if g == nil {
			return refuse(400, "Bad Request: chat not found")
		}
		if g.left {
			return refuse(403, "Forbidden: bot is not a member of the group chat")
		}
		g.left = true
		return done(true)
	case "setwebhook":
		return s.setWebhook(v)
	case "deletewebhook":
		s.setHook(hook{})
		return done(true)
	case "getwebhookinfo":
		return done(s.hook.info(len(s.pending)))
	}
	return s.face(method, v)
}

func (s *Server) sendMessage(v url.Values) answer {
	p, a := s.reach(v)
	if p == nil {
		return a
	}
	text := v.Get("text")
	switch {
	case strings.TrimSpace(text) == "":
		return refuse(400, "Bad Request: message text is empty")
	case !utf8.ValidString(text):
		return refuse(400, "Bad Request: strings must be encoded in UTF-8")
	case len(utf16.Encode([]rune(text))) > 4096:
		return refuse(400, "Bad Request: message is too long")
	case v.Get("parse_mode") != "" && v.Get("parse_mode") != "HTML" && v.Get("parse_mode") != "MarkdownV2":
		return refuse(400, "Bad Request: unsupported parse_mode")
	}
	buttons, a := keyboard(v.Get("reply_markup"))
	if a.Code != 0 {
		return a
	}
	if n := s.over(p); n > 0 {
		return wait(n)
	}
	var preview struct {
		Off bool `json:"is_disabled"`
	}
	_ = json.Unmarshal([]byte(v.Get("link_preview_options")), &preview)
	m := p.add(text, false)
	m.buttons, m.Preview, m.Protected = buttons, !preview.Off, v.Get("protect_content") == "true"
	return done(m.json(p))
}

// reach finds the private chat that a call is for.
func (s *Server) reach(v url.Values) (*Phone, answer) {
	id, err := strconv.ParseInt(v.Get("chat_id"), 10, 64)
	if err != nil {
		return nil, refuse(400, "Bad Request: chat_id is empty")
	}
	if g := s.groups[id]; g != nil {
		return nil, refuse(403, "Forbidden: bot is not a member of the group chat")
	}
	p := s.phones[id]
	switch {
	case p == nil:
		return nil, refuse(400, "Bad Request: chat not found")
	case p.deactivated:
		return nil, refuse(403, "Forbidden: user is deactivated")
	case p.blocked:
		return nil, refuse(403, "Forbidden: bot was blocked by the user")
	case !p.begun:
		return nil, refuse(403, "Forbidden: bot can't initiate conversation with a user")
	}
	return p, answer{}
}

func keyboard(markup string) ([]Button, answer) {
	if markup == "" {
		return nil, answer{}
	}
	var k struct {
		Rows [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(markup), &k) != nil {
		return nil, refuse(400, "Bad Request: can't parse reply keyboard markup JSON object")
	}
	var out []Button
	for _, row := range k.Rows {
		if len(row) > 8 {
			return nil, refuse(400, "Bad Request: too many buttons in a row")
		}
		for _, b := range row {
			if strings.TrimSpace(b.Text) == "" {
				return nil, refuse(400, "Bad Request: inline keyboard button text is empty")
			}
			if len(b.Data) < 1 || len(b.Data) > 64 {
				return nil, refuse(400, "Bad Request: BUTTON_DATA_INVALID")
			}
			out = append(out, Button{Label: b.Text, Data: b.Data})
		}
	}
	if len(out) > 100 {
		return nil, refuse(400, "Bad Request: reply markup is too long")
	}
	return out, answer{}
}

func (s *Server) deleteMessages(method string, v url.Values) answer {
	p, a := s.reach(v)
	if p == nil {
		return a
	}
	var ids []int
	if method == "deletemessage" {
		id, err := strconv.Atoi(v.Get("message_id"))
		if err != nil {
			return refuse(400, "Bad Request: message identifier is not specified")
		}
		ids = []int{id}
	} else if json.Unmarshal([]byte(v.Get("message_ids")), &ids) != nil || len(ids) == 0 {
		return refuse(400, "Bad Request: message identifiers are not specified")
	}
	if len(ids) > 100 {
		return refuse(400, "Bad Request: too many message identifiers specified")
	}
	now := s.opts.Now()
	for _, m := range p.messages {
		if slices.Contains(ids, m.ID) && (m.stuck || now.Sub(m.At) >= 48*time.Hour) {
			return refuse(400, "Bad Request: message can't be deleted for everyone")
		}
	}
	before := len(p.messages)
	for _, m := range p.messages {
		m.Gone = slices.Contains(ids, m.ID)
	}
	p.messages = slices.DeleteFunc(p.messages, func(m *Message) bool { return slices.Contains(ids, m.ID) })
	if method == "deletemessage" && len(p.messages) == before {
		return refuse(400, "Bad Request: message to delete not found")
	}
	return done(true)
}

func (s *Server) editButtons(v url.Values) answer {
	p, a := s.reach(v)
	if p == nil {
		return a
	}
	id, _ := strconv.Atoi(v.Get("message_id"))
	m := p.find(id)
	if m == nil || m.mine {
		return refuse(400, "Bad Request: message to edit not found")
	}
	buttons, a := keyboard(v.Get("reply_markup"))
	if a.Code != 0 {
		return a
	}
	if slices.Equal(buttons, m.buttons) {
		a := refuse(400, "Bad Request: message is not modified")
		return a
	}
	m.buttons = buttons
	return done(m.json(p))
}

// face keeps what the bot shows before anybody writes, by language; a name and a description asked for in a language that
// has none is that of "".
func (s *Server) face(method string, v url.Values) answer {
	lang := v.Get("language_code")
	if lang != "" && len(lang) != 2 {
		return refuse(400, "Bad Request: invalid language code specified")
	}
	for what, limit := range map[string]int{"name": 64, "description": 512, "shortdescription": 120} {
		field := map[string]string{"shortdescription": "short_description"}[what]
		if field == "" {
			field = what
		}
		switch method {
		case "getmy" + what:
			text, ok := s.faces[what+"/"+lang]
			if !ok || text == "" {
				text = s.faces[what+"/"]
			}
			return done(map[string]string{field: text})
		case "setmy" + what:
			text := v.Get(field)
			if utf8.RuneCountInString(text) > limit {
				return refuse(400, "Bad Request: "+what+" is too long")
			}
			s.faces[what+"/"+lang] = text
			return done(true)
		}
	}
	type command struct {
		Command     string `json:"command"`
		Description string `json:"description"`
	}
	switch method {
	case "getmycommands":
		list := []command{}
		_ = json.Unmarshal([]byte(s.faces["commands/"+lang]), &list)
		return done(list)
	case "deletemycommands":
		delete(s.faces, "commands/"+lang)
		return done(true)
	case "setmycommands":
		var list []command
		if json.Unmarshal([]byte(v.Get("commands")), &list) != nil || len(list) > 100 {
			return refuse(400, "Bad Request: can't parse commands")
		}
		for _, c := range list {
			if c.Command == "" || len(c.Command) > 32 || strings.Trim(c.Command, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
				return refuse(400, "Bad Request: BOT_COMMAND_INVALID")
			}
			if n := utf8.RuneCountInString(c.Description); n < 1 || n > 256 {
				return refuse(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
			}
		}
		raw, _ := json.Marshal(list)
		s.faces["commands/"+lang] = string(raw)
		return done(true)
	}
	return refuse(404, "Not Found: method not found")
}
