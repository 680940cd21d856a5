package desk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/BurntSushi/toml"

	"quietline/bot"
)

// A Partner is somebody to whom a person can be referred with their yes. A sheet is sealed to the key and downloaded by
// the adviser, who hands it over; nothing of it stays here.
type Partner struct {
	ID   string // letters and digits, of the configuration
	Name string // as the person reads it
	Does string // what they do, for advisers
	Key  string // age1…
}

// A partner with its key read.
type partner struct {
	Partner
	to []age.Recipient
}

// readKey reads a public key of age, with or without a comment.
func readKey(key string) ([]age.Recipient, error) {
	to, err := age.ParseRecipients(strings.NewReader(key))
	if err != nil {
		return nil, fmt.Errorf("this is no public key of age (age1…): %w", err)
	}
	return to, nil
}

// CheckKey says what is wrong with a public key of age.
func CheckKey(key string) error {
	_, err := readKey(key)
	return err
}

// sheetFields are what a referral sheet may say, in the order of the form: what the partner must know to help, and no name
// that is not needed.
var sheetFields = []sheetField{
	{"call", said("What to call the person"), said("a name of their choice; empty is fine")},
	{"needs", said("What they need"), said("a bed tonight, a lawyer, a doctor …")},
	{"situation", said("What is happening, in one or two sentences"), ""},
	{"risks", said("Risks to know of"), said("who may come, what must not be said, where not to meet")},
	{"languages", said("Languages they speak and read"), ""},
	{"contact", said("A safe way to reach them, and when"), said("only what the person agreed to; say what may be heard or read")},
	{"children", said("Children with them"), ""},
	{"health", said("Health, only what matters now"), ""},
	{"wishes", said("What they want, and what they do not"), said("also: whether the police may know")},
}

type sheetField struct{ ID, Label, Hint string }

const maxSheetField = 900 // bytes, below maxField

// A sheet is what the partner finds when the file is opened.
type sheet struct {
	About   string            `toml:"about"`
	Made    string            `toml:"made"`
	For     string            `toml:"for"`
	Consent *sheetConsent     `toml:"consent,omitempty"`
	Says    map[string]string `toml:"says"`
}

type sheetConsent struct {
	Whom     string `toml:"whom"`
	What     string `toml:"what"`
	Why      string `toml:"why"`
	Until    string `toml:"until"`
	Answered string `toml:"answered"`
}

// A referPage is the partners and how far each is.
type referPage struct {
	Handle  string
	Rows    []referRow
	Record  bool // the operator keeps records by law
	Nonce   string
	Max     int
	Fields  []sheetField
	Error   string
	Partner string // whose form stands open
	Values  map[string]string
}

type referRow struct {
	Partner
	Print  string // of the key, to compare
	State  string
	Kind   string
	Act    int // the yes that stands; 0: none
	Asking bool
}

func (d *desk) refer(w http.ResponseWriter, r *http.Request, s seat) {
	d.referPage(w, r, http.StatusOK, s, referPage{})
}

func (d *desk) referPage(w http.ResponseWriter, r *http.Request, status int, s seat, p referPage) {
	v, ok := d.mine(w, r, s)
	if !ok {
		return
	}
	p.Handle, p.Record, p.Max, p.Fields = v.Handle, len(d.record) > 0, bot.MaxActField, sheetFields
	for _, x := range d.partners {
		row := referRow{Partner: x.Partner, Print: fingerprint(x.Key), State: said("not asked yet"), Kind: "grey"}
		for _, a := range v.Acts {
			if a.For != bot.ReferPrefix+x.ID {
				continue
			}
			named := askedActs([]bot.Act{a})[0]
			row.State, row.Kind, row.Act, row.Asking = named.State, named.Kind, 0, a.Standing
			if a.Answer == bot.ActYes {
				row.Act = a.N
			}
		}
		p.Rows = append(p.Rows, row)
	}
	if d.ready(w, r, &p.Nonce) {
		d.render(w, r, status, "refer", page{Title: d.Title, Seat: &s, Body: p})
	}
}

// fingerprint is the end of a key, for somebody who compares two.
func fingerprint(key string) string {
	key = strings.TrimSpace(key)
	return "…" + key[max(0, len(key)-8):]
}

func (d *desk) partner(id string) (partner, bool) {
	i := slices.IndexFunc(d.partners, func(p partner) bool { return p.ID == id })
	if i < 0 {
		return partner{}, false
	}
	return d.partners[i], true
}

// askRefer asks for the person's yes to this one referral.
func (d *desk) askRefer(w http.ResponseWriter, r *http.Request, s seat) {
	handle := r.PathValue("handle")
	field := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	x, ok := d.partner(field("partner"))
	if !ok {
		d.message(w, r, http.StatusUnprocessableEntity, "There is no such partner in the line's settings.")
		return
	}
	p := referPage{Partner: x.ID, Values: map[string]string{"what": field("what"), "why": field("why"), "till": field("till")}}
	if n := field("nonce"); n == "" || len(n) > 64 {
		p.Error = said("This form was not complete. Send it again.")
	} else {
		err := d.Bot.AskConsent(r.Context(), handle, s.ID, n, bot.Act{Whom: x.Name, What: field("what"), Why: field("why"), Till: field("till"), For: bot.ReferPrefix + x.ID})
		switch {
		case err == nil:
			http.Redirect(w, r, "/c/"+handle, http.StatusSeeOther)
			return
		case errors.Is(err, bot.ErrAct):
			p.Error = said("Say who, what, why and until when, each on one line.")
		case errors.Is(err, bot.ErrTooLong):
			p.Error = said("That is too long for the person's screen. Say it in fewer words.")
		default:
			status, text := askRefused(err)
			if status == 0 {
				d.refuse(w, r, "asking for a referral", err)
				return
			}
			p.Error = text
		}
	}
	d.referPage(w, r, http.StatusUnprocessableEntity, s, p)
}

// sheet seals what the form says to the partner's key and hands it to the adviser's browser. It is written nowhere else.
func (d *desk) sheet(w http.ResponseWriter, r *http.Request, s seat) {
	handle := r.PathValue("handle")
	says := map[string]string{}
	for _, f := range sheetFields {
		text := strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(f.ID), "\r\n", "\n"))
		if !utf8.ValidString(text) || len(text) > maxSheetField {
			d.referPage(w, r, http.StatusUnprocessableEntity, s, referPage{Error: said("One of the fields was too long. Go back and write less.")})
			return
		}
		if text != "" {
			says[f.ID] = text
		}
	}
	out := sheet{Made: d.Now().UTC().Format(time.DateOnly), Says: says}
	var to []age.Recipient
	if r.PostForm.Get("record") == "1" {
		n := r.PostForm.Get("nonce")
		if len(d.record) == 0 || n == "" || len(n) > 64 {
			d.message(w, r, http.StatusUnprocessableEntity, "This form was not complete. Send it again.")
			return
		}
		if err := d.Bot.Recorded(r.Context(), handle, s.ID, n); err != nil {
			d.refuse(w, r, "making a record", err)
			return
		}
		to, out.About, out.For = d.record, "A record that the law makes this line keep. The person was told.", d.Title
	} else {
		x, ok := d.partner(r.PostForm.Get("partner"))
		act, err := strconv.Atoi(r.PostForm.Get("act"))
		if !ok || err != nil {
			d.message(w, r, http.StatusUnprocessableEntity, "There is no such partner in the line's settings.")
			return
		}
		a, err := d.Bot.Share(r.Context(), handle, s.ID, act, x.ID)
		if err != nil {
			d.refuse(w, r, "making a sheet", err)
			return
		}
		to, out.About, out.For = x.to, "A referral, with the person's yes to this one thing. Pass nothing on beyond it.", x.Name
		out.Consent = &sheetConsent{a.Whom, a.What, a.Why, a.Till, a.Answered.UTC().Format(time.DateOnly)}
	}
	b, err := sealed(to, out)
	if err != nil {
		d.fail(w, r, "sealing a sheet", err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="sheet.age.txt"`)
	_, _ = w.Write(b) // whoever asked may be gone
}

// sealed is a sheet as text that only the holder of the key can read: age's armoured file.
func sealed(to []age.Recipient, s sheet) ([]byte, error) {
	var b bytes.Buffer
	text := armor.NewWriter(&b)
	in, err := age.Encrypt(text, to...)
	if err != nil {
		return nil, err
	}
	if err := toml.NewEncoder(in).Encode(s); err != nil {
		return nil, err
	}
	if err := errors.Join(in.Close(), text.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// OpenSheet reads a sheet with the identities (AGE-SECRET-KEY-1…) that keys holds, and returns its text.
func OpenSheet(file, keys io.Reader) (string, error) {
	ids, err := age.ParseIdentities(keys)
	if err != nil {
		return "", fmt.Errorf("reading the key: %w; it is the file that `quietline sheet keygen` made", err)
	}
	plain, err := age.Decrypt(armor.NewReader(file), ids...)
	if err != nil {
		return "", fmt.Errorf("opening the sheet: %w; it opens only with the key that it was made for", err)
	}
	b, err := io.ReadAll(io.LimitReader(plain, 1<<20))
	return string(b), err
}
