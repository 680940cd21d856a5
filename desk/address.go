package desk

import (
	"errors"
	"net/http"

	"quietline/bot"
)

// An addressPage is where a lead asks for an address, and where the second one sees it, once.
type addressPage struct {
	Handle  string
	Asked   bool   // a second lead must agree now
	Channel string // with Address
	Address string
}

func (d *desk) addressPage(w http.ResponseWriter, r *http.Request, s seat) {
	if !d.Bot.Shows() {
		d.message(w, r, http.StatusNotFound, "There is no such page.")
		return
	}
	d.render(w, r, http.StatusOK, "address", page{Title: d.Title, Seat: &s, Body: addressPage{Handle: r.PathValue("handle")}})
}

// address asks for an address as one of two leads.
func (d *desk) address(w http.ResponseWriter, r *http.Request, s seat) {
	p := addressPage{Handle: r.PathValue("handle")}
	if r.PostForm.Get("life") != "1" {
		d.message(w, r, http.StatusUnprocessableEntity, "State the reason first.")
		return
	}
	channel, a, err := d.Bot.Address(r.Context(), p.Handle, s.ID)
	switch {
	case errors.Is(err, bot.ErrSecondLead):
		p.Asked = true
	case errors.Is(err, bot.ErrNeverShown):
		d.message(w, r, http.StatusNotFound, "There is no such page.")
		return
	case errors.Is(err, bot.ErrNoAddress):
		d.message(w, r, http.StatusConflict, "There is no address: it is a web page, or the person has left it.")
		return
	case err != nil:
		d.refuse(w, r, "showing an address", err)
		return
	default:
		p.Channel, p.Address = channelName(channel), a.Reveal()
	}
	d.render(w, r, http.StatusOK, "address", page{Title: d.Title, Seat: &s, Body: p})
}
