package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"quietline/line"
)

// An auditPage is what was done, newest first.
type auditPage struct {
	Rows    []auditRow
	Broken  string // the chain does not hold
	Query   string
	Act     line.Act
	Acts    []choice
	Older   int // of the next page; 0: there is none
	Entries int
}

// An auditRow is one entry in words.
type auditRow struct {
	At              time.Time
	Who, What, Note string
	Handle          string
}

// auditRows is how many entries a page shows.
const auditRows = 100

// auditPage shows what was done to what, by whom and why, and nothing of what was said.
func (d *desk) auditPage(w http.ResponseWriter, r *http.Request, s seat) {
	all, err := d.Line.AuditLog(r.Context())
	p := auditPage{Query: strings.TrimSpace(r.URL.Query().Get("q")), Entries: len(all)}
	if errors.Is(err, line.ErrAudit) {
		p.Broken = said("The audit was changed: an entry after these is not as it was written. Tell the operator: quietline check --audit says which.")
	} else if err != nil {
		d.fail(w, r, "reading the audit", err)
		return
	}
	in := d.words(r)
	p.Acts = append(p.Acts, choice{Name: in.t("everything"), Picked: true})
	for _, a := range line.Acts() {
		picked := string(a) == r.URL.Query().Get("act")
		if picked {
			p.Act, p.Acts[0].Picked = a, false
		}
		p.Acts = append(p.Acts, choice{ID: string(a), Name: in.t(actName(a)), Picked: picked})
	}
	skip, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || skip < 0 {
		skip = 0
	}
	seen := 0
	for _, e := range slices.Backward(all) {
		if p.Act != "" && e.Act != p.Act {
			continue
		}
		row := auditRow{At: e.At, Who: d.actorName(in, e.Actor), What: actName(e.Act), Note: noteName(e.Note), Handle: d.handleName(e)}
		if q := strings.ToLower(p.Query); q != "" && !strings.Contains(strings.ToLower(row.Who+" "+row.Handle+" "+e.Handle), q) {
			continue
		}
		if seen++; seen <= skip {
			continue
		}
		if len(p.Rows) == auditRows {
			p.Older = skip + auditRows
			break
		}
		p.Rows = append(p.Rows, row)
	}
	d.render(w, r, http.StatusOK, "audit", page{Title: d.Title, Seat: &s, Body: p})
}

// actorName is who did something; nobody on the staff, where it was the person or the server's own command line.
func (d *desk) actorName(in words, id string) string {
	if id == "" {
		return in.t("not the staff")
	}
	return d.staffName(in, id)
}

// handleName is what something was done to: a handle or code as it is, a staff member by name.
func (d *desk) handleName(e line.Entry) string {
	if s, ok := d.Line.StaffByID(e.Handle); ok {
		return s.Name
	}
	return e.Handle
}

// actName is what was done, in words.
func actName(a line.Act) string {
	switch a {
	case line.ActInvite:
		return said("invited")
	case line.ActEnrol:
		return said("enrolled")
	case line.ActRemove:
		return said("removed")
	case line.ActChange:
		return said("changed an account")
	case line.ActSignIn:
		return said("signed in")
	case line.ActSignOut:
		return said("signed out")
	case line.ActOnDuty:
		return said("went on duty")
	case line.ActOffDuty:
		return said("went off duty")
	case line.ActPlace:
		return said("made a code")
	case line.ActRevoke:
		return said("revoked a code")
	case line.ActSeen:
		return said("said that they have seen it")
	case line.ActClaim:
		return said("took a conversation")
	case line.ActRelease:
		return said("put a conversation back")
	case line.ActAssign:
		return said("gave a conversation to a colleague")
	case line.ActClose:
		return said("closed a conversation")
	case line.ActErase:
		return said("erased a conversation")
	case line.ActEraseAll:
		return said("erased every conversation")
	case line.ActShare:
		return said("passed something on")
	case line.ActReveal:
		return said("saw an address")
	case line.ActConsent:
		return said("asked the person's yes")
	case line.ActComplaint:
		return said("a complaint")
	case line.ActOpen:
		return said("opened a conversation that somebody else holds")
	case line.ActCover:
		return said("stopped a chat")
	case line.ActFull:
		return said("said whether the line is full")
	case line.ActHours:
		return said("changed the hours")
	}
	return string(a)
}

// noteName is how or why, in words.
func noteName(n line.Note) string {
	switch n {
	case "":
		return ""
	case line.NoteCommand:
		return said("at the command line")
	case line.NoteLink:
		return said("by a link")
	case line.NoteSpare:
		return said("by recovery codes")
	case line.NotePasskey:
		return said("passkey")
	case line.NoteOut:
		return said("put out")
	case line.NoteLost:
		return said("not heard from any more")
	case line.NoteAgreed:
		return said("the person agreed")
	case line.NoteRefused:
		return said("the person said no")
	case line.NoteWithdrawn:
		return said("the yes was taken back")
	case line.NoteAsked:
		return said("asked")
	case line.NoteLaw:
		return said("the law asks for it")
	case line.NoteLife:
		return said("to save a life")
	case line.NoteTrained:
		return said("trained for children")
	case line.NoteUntrained:
		return said("not trained for children")
	case line.NoteClosed:
		return said("closed")
	case line.NoteOpen:
		return said("open")
	case line.NotePlanned:
		return said("as planned")
	case line.NoteFull:
		return said("full")
	}
	return reasonName(n)
}
