package bot

import (
	"strconv"
	"strings"
)

// args fills in a message's placeholders with what is known now; times and codes are worded when shown.
func (tn *turn) args(id string) []string {
	holders := tn.Words.Placeholders(id)
	if len(holders) == 0 {
		return nil
	}
	t := tn.t
	args := make([]string, 0, 2*len(holders))
	for _, h := range holders {
		v := ""
		switch h {
		case "Country":
			v = tn.where()
		case "When":
			v = unix(tn.duty(t.Lang).Next.Unix())
		case "Languages":
			d := tn.duty(t.Lang)
			v = strings.Join(d.NextLanguages, " ")
			if d.Anyone || v == "" {
				v = strings.Join(d.Languages, " ")
			}
		case "Need":
			if n := len(tn.st.Answers.Needs); n > 0 {
				v = tn.st.Answers.Needs[n-1]
			}
		case "Needs":
			v = strings.Join(tn.st.Answers.Needs, " ")
		case "Until":
			if t.Hand != nil {
				v = unix(t.Hand.Until)
			}
		case "Ahead", "Count":
			v = strconv.Itoa(tn.ahead)
		case "Cover":
			v = tn.cfg.Cover
		case "Body":
			v = tn.cfg.Body
		case "First", "End", "Line":
			t.Shown = tn.now.Unix()
			v = signArg(tn.plan(tn.now), h)
		}
		args = append(args, h, v)
	}
	return args
}

// where is the country of this turn, and in which language it speaks: also when the sitting closes in it.
func (tn *turn) where() string {
	if tn.t.Country == "" {
		return tn.country
	}
	return tn.t.Country
}

func (tn *turn) tongue() string {
	if tn.t.Lang == "" {
		return tn.lang
	}
	return tn.t.Lang
}

func unix(s int64) string { return strconv.FormatInt(s, 10) }

// trace leaves the one plain line that the person chose to keep in the chat: sent now, since later nobody knows who reads.
func (tn *turn) trace() {
	t := tn.t
	if t.Page || t.Channel == "" || tn.Content.firstNumber(tn.where(), tn.cfg.policy()) == "" {
		return
	}
	t.post(outmsg{ID: outID(t, len(t.Out)+100), Lang: tn.tongue(), Said: pack([]part{{ID: "bot.trace", Args: []string{"Cover", tn.cfg.Cover, "Number", tn.where()}}}),
		Kept: true, Until: tn.now.Add(outLives).Unix()}, tn.now)
}

// say turns what was collected into a line of the page, or into messages to send.
func (tn *turn) say(t *talk) {
	defer func() { tn.parts, tn.offers, tn.asked, tn.shown, tn.head = nil, nil, false, nil, 0 }()
	switch {
	case tn.gone, t.Channel == "":
	case t.Deaf: // nobody is written to until they write, and then they hear how things stand
	case tn.left:
		if !t.Page && tn.bye != "" {
			t.post(outmsg{ID: outID(t, 0), Lang: tn.tongue(), Said: pack([]part{{ID: tn.bye}}), Stays: true, Until: tn.now.Add(farewellLives).Unix()}, tn.now)
		}
	case t.Page:
		if len(tn.parts) > 0 {
			tn.log(entry{From: string(FromBot), Said: pack(tn.parts)})
		}
		for _, e := range tn.shown {
			tn.log(e)
		}
	default:
		until := tn.now.Add(outLives).Unix()
		if n := tn.head; n > 0 && len(tn.shown) > 0 { // "this was written to you" comes before it
			t.post(outmsg{ID: outID(t, len(tn.shown)+1), Lang: tn.tongue(), Said: pack(tn.parts[:n]), Until: until}, tn.now)
			tn.parts = tn.parts[n:]
		}
		for i, e := range tn.shown {
			t.post(outmsg{ID: outID(t, i+1), Lang: tn.tongue(), Text: e.Text, Said: e.Said, Seq: e.Seq, Until: until}, tn.now)
		}
		if len(tn.parts) > 0 || tn.asked {
			o := outmsg{ID: outID(t, 0), Lang: tn.tongue(), Said: pack(tn.parts), Until: until}
			if tn.closed && !tn.asked { // a goodbye, as that of "0": the chat has been cleared above it
				o.Stays, o.Until = true, tn.now.Add(farewellLives).Unix()
			}
			if tn.asked {
				t.Asked = t.Turn
			} else {
				o.Still = len(tn.Book.Choices(tn.st)) > 0
			}
			for _, c := range tn.offers {
				o.Choices = append(o.Choices, offer{ID: c.ID, Text: c.Text, Menu: c.Menu})
			}
			t.post(o, tn.now)
		}
	}
}

// outID names a message within the conversation: the turn that made it, and which of its messages.
func outID(t *talk, n int) string {
	return strconv.FormatUint(t.Turn, 10) + "." + strconv.Itoa(n)
}

// turnOf is what a page's forms carry.
func turnOf(t *talk) string { return strconv.FormatUint(t.Turn, 10) }
