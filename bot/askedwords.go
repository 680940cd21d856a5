package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"quietline/flows"
	"quietline/locales"
)

// signArgs are the arguments of a message that says what is set.
func signArgs(a *asked) []string {
	var args []string
	for _, h := range []string{"First", "End", "Line"} {
		args = append(args, h, signArg(a, h))
	}
	return args
}

// signArg is one of them: times with their zone, worded when shown.
func signArg(a *asked, holder string) string {
	if a == nil {
		return ""
	}
	switch holder {
	case "First":
		return fmt.Sprint(a.Next, " ", a.Span, " ", a.Zone)
	case "End":
		return fmt.Sprint(a.end(), " 0 ", a.Zone)
	}
	return a.Line
}

// hoursOf words a day, with the hours from a time on if the stored argument gives their length. Where the country has
// several zones it is in UTC, and says so.
func (c *Content) hoursOf(lang, stored string) string {
	f := strings.Fields(stored + " UTC")
	if len(f) < 3 {
		return ""
	}
	s, err1 := strconv.ParseInt(f[0], 10, 64)
	n, err2 := strconv.ParseInt(f[1], 10, 64)
	zone, err3 := time.LoadLocation(f[2])
	if err1 != nil || err2 != nil || err3 != nil || s == 0 {
		return ""
	}
	from := time.Unix(s, 0).In(zone)
	words := from.Format(time.DateOnly)
	if n > 0 {
		words += " " + from.Format("15:04") + "–" + from.Add(time.Duration(n)*time.Second).Format("15:04")
	}
	if zone == time.UTC {
		words += " UTC"
	}
	return c.day(lang, from.Weekday()) + " " + c.Words.LTR(lang, locales.LTR(words))
}

// agreed is what an adviser sees of an unanswered check-in: what was agreed, and what is shared.
func (c *Content) agreed(lang string, a *asked) []Block {
	id := "bot.desk.unanswered"
	if !a.Came {
		id = "bot.desk.undelivered"
	}
	out := []Block{text(c.say(lang, id, nil))}
	if a.Wrote {
		out = append(out, text(c.say(lang, "bot.desk.wrote", nil)))
	}
	if a.Next > 0 {
		out = append(out, text(c.say(lang, "checkin.now", c.wordArgs(lang, a.Country, signArgs(a)))))
	}
	if a.Who != "" || len(a.Needs) > 0 {
		out = append(out, c.Summary(lang, flows.Answers{Who: a.Who, Needs: a.Needs})...)
	}
	return out
}
