package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"quietline/bot"
	"quietline/directory"
	"quietline/line"
	"quietline/store/bolt"
)

// A request is one command of an operator to a line: what it does and its arguments. It goes to the running server
// through quietline.sock; without a server the same handler opens the files itself.
type request struct {
	Do      string   `json:"do"`
	Handle  string   `json:"handle,omitempty"`
	Name    string   `json:"name,omitempty"`
	Role    string   `json:"role,omitempty"`
	Langs   []string `json:"langs,omitempty"`
	Country string   `json:"country,omitempty"`
	Kind    string   `json:"kind,omitempty"`
	Code    string   `json:"code,omitempty"`
	Word    string   `json:"word,omitempty"`
	Child   bool     `json:"child,omitempty"` // trained for children
	Limit   int      `json:"limit,omitempty"` // conversations at once
}

// The requests.
const (
	doStaffAdd     = "staff add"
	doStaffList    = "staff list"
	doStaffChange  = "staff change"
	doStaffDisable = "staff disable"
	doStaffReset   = "staff reset"
	doAudit        = "audit"
	doCodeNew      = "code new"
	doCodeList     = "code list"
	doCodeRevoke   = "code revoke"
	doErase        = "erase"
	doEraseAll     = "erase all"
	doDoctor       = "doctor"
	doTry          = "doctor try"
	doTryLook      = "doctor look"
	doPage         = "doctor page"
)

// A reply is what came of a request.
type reply struct {
	Text  string `json:"text,omitempty"`  // to print
	URL   string `json:"url,omitempty"`   // of a new code
	Error string `json:"error,omitempty"` // what went wrong

	Health *health    `json:"health,omitempty"` // doctor
	Try    *triedWord `json:"try,omitempty"`    // doctor --live
	Paged  []paged    `json:"paged,omitempty"`  // the same, for those on call
}

// answer runs one request on an open house.
func (h *house) answer(ctx context.Context, r request) reply {
	out, err := h.do(ctx, r)
	if err != nil {
		return reply{Error: err.Error()}
	}
	return out
}

func (h *house) do(ctx context.Context, r request) (reply, error) {
	switch r.Do {
	case doErase:
		return h.doErase(ctx, r.Handle)
	case doEraseAll:
		return h.doEraseAll(ctx)
	case doDoctor:
		return reply{Health: h.examine(ctx)}, nil
	case doTry:
		word, err := h.tryWord()
		return reply{Try: word}, err
	case doTryLook:
		word, err := h.tried(r.Word)
		return reply{Try: word}, err
	case doPage:
		all, err := h.page(ctx)
		return reply{Paged: all}, err
	}
	if h.line == nil {
		return reply{}, errors.New("the line's own store is not open: the server's log says why")
	}
	switch r.Do {
	case doStaffAdd:
		return h.staffAdd(ctx, r)
	case doStaffList:
		return h.staffList()
	case doStaffChange:
		return h.staffChange(ctx, r.Name, r.Child)
	case doStaffDisable:
		return h.staffDisable(ctx, r.Name)
	case doStaffReset:
		return h.staffReset(ctx, r.Name)
	case doAudit:
		return h.proveAudit(ctx)
	case doCodeNew:
		return h.codeNew(ctx, r)
	case doCodeList:
		return h.codeList()
	case doCodeRevoke:
		return h.codeRevoke(ctx, r.Code)
	}
	return reply{}, fmt.Errorf("this server does not know the command %q: it is older or newer than the program that asked", r.Do)
}

func (h *house) doErase(ctx context.Context, handle string) (reply, error) {
	t := h.talks.Load()
	if t.bot == nil {
		return reply{}, errors.New("the conversations are not open: the server's log says why; erase --all destroys them all the same")
	}
	err := t.bot.Erase(ctx, handle)
	switch {
	case errors.Is(err, bot.ErrGone):
		return reply{}, errors.New("there is no conversation with this handle; it may have ended already")
	case err != nil:
		return reply{}, fmt.Errorf("erasing the conversation: %w", err)
	}
	h.audit(ctx, line.Entry{Act: line.ActErase, Handle: handle})
	return reply{Text: "Erased: its key is destroyed, and what providers hold is being withdrawn.\n"}, nil
}

func (h *house) doEraseAll(ctx context.Context) (reply, error) {
	if err := h.eraseAll(ctx); err != nil {
		return reply{}, err
	}
	h.audit(ctx, line.Entry{Act: line.ActEraseAll})
	return reply{Text: allErased}, nil
}

const allErased = `Erased: the keys of all conversations are overwritten. The line answers anew; staff and codes stay.
Messages still in Telegram chats can no longer be withdrawn. What lies at Twilio is found and deleted
within half an hour, while serve runs.
`

// audit writes an entry of the line itself. What it is about has happened; an audit that cannot be written is logged.
func (h *house) audit(ctx context.Context, e line.Entry) {
	if h.line == nil {
		return
	}
	e.At = h.now()
	if err := h.line.Audit(ctx, e); err != nil {
		h.log.Error("the audit could not be written", "act", string(e.Act), "err", err)
	}
}

func (h *house) staffAdd(ctx context.Context, r request) (reply, error) {
	id, token, err := h.line.Invite(ctx, "", r.Name, line.Role(r.Role), r.Langs)
	if err == nil && (r.Child || r.Limit != 0) {
		err = h.line.ChangeStaff(ctx, "", id, func(s *line.Staff) { s.ChildTrained, s.Limit = s.ChildTrained || r.Child, r.Limit })
	}
	if err != nil {
		return reply{}, fmt.Errorf("adding %s %q: %w", r.Role, r.Name, err)
	}
	return reply{Text: fmt.Sprintf("%s can enrol with this link, once, within 24 hours. Hand it over in person or by a channel you trust:\n\n    %s\n", r.Name, h.cfg.DeskURL+enrolPath+token)}, nil
}

// The desk's paths that are handed to staff.
const (
	enrolPath = "/new/"
	enterPath = "/in/"
)

func (h *house) staffList() (reply, error) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tLANGUAGES\tSTATE\tTRAINED FOR")
	for _, s := range h.line.AllStaff() {
		state := "invited"
		switch {
		case s.Disabled:
			state = "disabled"
		case s.Enrolled:
			state = "enrolled"
		}
		trained := ""
		if s.ChildTrained {
			trained = "children"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Name, s.Role, strings.Join(s.Languages, ","), state, trained)
	}
	if err := w.Flush(); err != nil {
		return reply{}, err
	}
	return reply{Text: b.String()}, nil
}

func (h *house) staffChange(ctx context.Context, name string, child bool) (reply, error) {
	s, ok := h.line.StaffByName(name)
	if !ok {
		return reply{}, fmt.Errorf("nobody on the staff is called %q: staff list prints all", name)
	}
	if err := h.line.ChangeStaff(ctx, "", s.ID, func(s *line.Staff) { s.ChildTrained = child }); err != nil {
		return reply{}, fmt.Errorf("changing %q: %w", name, err)
	}
	if child {
		return reply{Text: name + " counts as trained for conversations with children.\n"}, nil
	}
	return reply{Text: name + " does not count as trained for conversations with children.\n"}, nil
}

func (h *house) staffDisable(ctx context.Context, name string) (reply, error) {
	s, ok := h.line.StaffByName(name)
	if !ok {
		return reply{}, fmt.Errorf("nobody on the staff is called %q: staff list prints all", name)
	}
	if err := h.line.ChangeStaff(ctx, "", s.ID, func(s *line.Staff) { s.Disabled = true }); err != nil {
		return reply{}, fmt.Errorf("disabling %q: %w", name, err)
	}
	return reply{Text: name + " is out: every session has ended.\n"}, nil
}

// staffReset takes away all that somebody could sign in with and makes a new link.
func (h *house) staffReset(ctx context.Context, name string) (reply, error) {
	s, ok := h.line.StaffByName(name)
	if !ok {
		return reply{}, fmt.Errorf("nobody on the staff is called %q: staff list prints all", name)
	}
	if err := h.line.ChangeStaff(ctx, "", s.ID, func(s *line.Staff) { s.Disabled = true }); err != nil {
		return reply{}, fmt.Errorf("resetting %q: %w", name, err)
	}
	out, err := h.staffAdd(ctx, request{Name: s.Name, Role: string(s.Role), Langs: s.Languages, Child: s.ChildTrained, Limit: s.Limit})
	if err != nil {
		return reply{}, fmt.Errorf("%w; %s is out until then: run staff reset again", err, name)
	}
	out.Text = name + " is signed out everywhere; password, authenticator and recovery codes are gone.\n" + out.Text
	return out, nil
}

// proveAudit reads the whole audit and says whether it is as it was written.
func (h *house) proveAudit(ctx context.Context) (reply, error) {
	all, err := h.line.AuditLog(ctx)
	if errors.Is(err, line.ErrAudit) {
		return reply{}, fmt.Errorf("%w. The %d entries before it are as they were written. Keep a copy of the folder line_dir and find out who could write there", err, len(all))
	}
	if err != nil {
		return reply{}, fmt.Errorf("reading the audit: %w", err)
	}
	if len(all) == 0 {
		return reply{Text: "The audit is empty.\n"}, nil
	}
	return reply{Text: fmt.Sprintf("The audit holds: %d entries, from %s to %s, each with the hash of the one before.\n",
		len(all), all[0].At.Format(time.DateOnly), all[len(all)-1].At.Format(time.DateOnly))}, nil
}

func (h *house) codeNew(ctx context.Context, r request) (reply, error) {
	country := strings.ToUpper(r.Country)
	if !directory.ValidCountry(country) {
		return reply{}, fmt.Errorf("making a code: %q is no country: write two letters such as GB", r.Country)
	}
	pl, err := h.line.AddPlacement(ctx, "", country, r.Kind)
	if err != nil {
		return reply{}, fmt.Errorf("making a code: %w", err)
	}
	url := h.cfg.PublicURL + "/" + pl.Code.String()
	text := fmt.Sprintf("%s  %s\n", pl.Code.Display(), url)
	if t := h.cfg.Telegram; t != nil && t.Username != "" {
		text += fmt.Sprintf("%s  %s\n", pl.Code.Display(), botLink(t.Username, pl.Code.String()))
	}
	return reply{Text: text, URL: url}, nil
}

func (h *house) codeList() (reply, error) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CODE\tCOUNTRY\tKIND\tMADE\tSTATE")
	for _, pl := range h.line.Placements() {
		state := "open"
		if pl.Revoked {
			state = "revoked"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", pl.Code.Display(), pl.Country, pl.Kind, pl.Made.Format(time.DateOnly), state)
	}
	if err := w.Flush(); err != nil {
		return reply{}, err
	}
	return reply{Text: b.String()}, nil
}

func (h *house) codeRevoke(ctx context.Context, written string) (reply, error) {
	c, err := line.ParseCode(written)
	if err != nil {
		return reply{}, fmt.Errorf("%q is no code: seven characters such as GB-7K2M-Z, of which the last checks the others", written)
	}
	if err := h.line.Revoke(ctx, "", c); err != nil {
		return reply{}, fmt.Errorf("revoking %s: %w", c.Display(), err)
	}
	return reply{Text: c.Display() + " is revoked: it opens the page with a choice of country, and tells nobody.\n"}, nil
}

// ask sends a request to the server of this line, or answers it here when none runs.
func (p *program) ask(cfg *config, r request) (reply, error) {
	out, running, err := askSocket(p.ctx, cfg.socket(), r)
	if err != nil {
		return reply{}, err
	}
	if !running {
		if out, err = p.answerHere(cfg, r); err != nil {
			return reply{}, err
		}
	}
	if out.Error != "" {
		return reply{}, errors.New(out.Error)
	}
	return out, nil
}

// answerHere opens the files that the request needs. It has no channels: what an erase still owes to a provider, the
// server does at its next start.
func (p *program) answerHere(cfg *config, r request) (out reply, err error) {
	if r.Do == doEraseAll { // needs no store that opens
		if err := bolt.DestroyKeys(cfg.stateDir(), talksName); err != nil {
			return reply{}, err
		}
	}
	h := newHouse(cfg, houseOptions{}, nil, p)
	if err := h.openLine(p.ctx); err != nil {
		return reply{}, err
	}
	defer h.closeLine()
	t := &talks{stop: func() {}, ended: make(chan struct{})}
	close(t.ended)
	h.talks.Store(t)
	switch r.Do {
	case doErase:
		// The operator's own words do not matter here, so that a fault in them does not stand in the way.
		l := loader{languages: cfg.Languages}
		if h.content, err = openContent("", "", l.load, h.log); err != nil {
			return reply{}, err
		}
		if t.store, err = h.openStore(); err != nil {
			return reply{}, err
		}
		defer t.close(h.log)
		if t.bot, err = h.newBot(p.ctx, t.store); err != nil {
			return reply{}, err
		}
		h.run(t)
	case doEraseAll:
		h.audit(p.ctx, line.Entry{Act: line.ActEraseAll})
		return reply{Text: allErased}, nil
	}
	return h.answer(p.ctx, r), nil
}

// say prints what a request came to.
func (p *program) say(config string, r request) error {
	cfg, err := readConfig(config)
	if err != nil {
		return err
	}
	out, err := p.ask(cfg, r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(p.stdout, out.Text)
	return err
}
