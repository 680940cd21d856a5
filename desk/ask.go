package desk

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"quietline/bot"
)

// An askForm is what an adviser asks the person's yes to (S6). What was refused stays in it.
type askForm struct {
	Form                  template.HTML
	Handle                string
	Nonce                 string
	Whom, What, Why, Till string
	Max                   int // characters of a field that always fit
	Error                 string
}

// An askedAct is one of them in the log, with the answer in words.
type askedAct struct {
	bot.Act
	State string
	Kind  string // the colour's name
}

func askedActs(acts []bot.Act) []askedAct {
	var out []askedAct
	for _, a := range acts {
		x := askedAct{Act: a, State: said("not answered"), Kind: "grey"}
		switch {
		case a.Standing:
			x.State, x.Kind = said("asked now"), "amber"
		case a.Answer == bot.ActYes:
			x.State, x.Kind = said("yes, to this only"), "green"
		case a.Answer == bot.ActNo:
			x.State, x.Kind = said("no: pass nothing on"), "red"
		case a.Answer == bot.ActWithdrawn:
			x.State, x.Kind = said("taken back: pass nothing more on"), "red"
		}
		out = append(out, x)
	}
	return out
}

// askRefused says why a question could not be put, and with which status; "" for another failure.
func askRefused(err error) (status int, text string) {
	switch {
	case errors.Is(err, bot.ErrAway):
		return http.StatusConflict, said("The person is not here now. Ask when they are back.")
	case errors.Is(err, bot.ErrStanding):
		return http.StatusConflict, said("A question stands already. Wait for its answer, or write, which takes it back.")
	case errors.Is(err, bot.ErrActs):
		return http.StatusConflict, said("Too much was asked in this conversation already.")
	case errors.Is(err, bot.ErrAdults):
		return http.StatusConflict, said("The self-report is for adults only, and the person said that they are under 18.")
	case errors.Is(err, bot.ErrSoon):
		return http.StatusConflict, said("The self-report was answered less than three months ago.")
	}
	return 0, ""
}

// consent asks the person to agree to one act, in exactly the words of the form.
func (d *desk) consent(w http.ResponseWriter, r *http.Request, s seat) {
	handle := r.PathValue("handle")
	field := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	f := askForm{Handle: handle, Nonce: field("nonce"), Whom: field("whom"), What: field("what"), Why: field("why"), Till: field("till")}
	if f.Nonce == "" || len(f.Nonce) > 64 {
		f.Nonce, f.Error = "", said("This form was not complete. Send it again.")
	} else {
		err := d.Bot.AskConsent(r.Context(), handle, s.ID, f.Nonce, bot.Act{Whom: f.Whom, What: f.What, Why: f.Why, Till: f.Till})
		switch {
		case err == nil:
			http.Redirect(w, r, "/c/"+handle, http.StatusSeeOther)
			return
		case errors.Is(err, bot.ErrAct):
			f.Error = said("Say who, what, why and until when, each on one line.")
		case errors.Is(err, bot.ErrTooLong):
			f.Error = said("That is too long for the person's screen. Say it in fewer words.")
		case errors.Is(err, bot.ErrBadText):
			f.Error = said("There are signs in this text that cannot be sent. Take them out and send again.")
		default:
			status, text := askRefused(err)
			if status == 0 {
				d.refuse(w, r, "asking for consent", err)
				return
			}
			f.Error = text
		}
	}
	d.talkPage(w, r, http.StatusUnprocessableEntity, s, talkPage{Handle: handle, Mine: true, Ask: f})
}
