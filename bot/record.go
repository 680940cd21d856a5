package bot

import (
	"fmt"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"quietline/flows"
	"quietline/store"
)

// formatTalk is the format byte of a sealed conversation, formatWords that of a pointer made by return words. A new
// format opens the one before it.
const (
	formatTalk  = 1
	formatWords = 2
)

// talk is one conversation as it is sealed: plain strings and numbers, no type of another package. Field numbers are
// never used again. Times are Unix seconds. Each field says why it is there and how long; [Stored] hands that to
// `quietline datamap`, and a field without it fails TestS10.
type talk struct {
	// The transport half: what is needed to answer and to take nothing twice.
	Channel  string          `cbor:"1,keyasint,omitempty" keep:"which channel answers; as long as the record"`
	Address  string          `cbor:"2,keyasint,omitempty" keep:"where the channel answers; as long as the record, at most 48 hours after an erase while messages are withdrawn, never for the web"`
	Page     bool            `cbor:"3,keyasint,omitempty" keep:"the channel is a web page; as long as the record"`
	Seen     []seen          `cbor:"4,keyasint,omitempty" keep:"ids of messages already taken, so that none is answered twice; the newest 32, one day"`
	Out      []outmsg        `cbor:"5,keyasint,omitempty" keep:"message ids and arguments not sent yet; until sent"`
	Receipts []receiptSealed `cbor:"6,keyasint,omitempty" keep:"ids of sent messages, to withdraw them; until withdrawn, at most 47 hours"`
	Withdraw bool            `cbor:"7,keyasint,omitempty" keep:"some receipts are to be withdrawn; until done"`
	ClaimBy  string          `cbor:"8,keyasint,omitempty" keep:"which server sends at present; until sent"`
	ClaimTo  int64           `cbor:"9,keyasint,omitempty" keep:"until when it may; until sent"`
	Tries    int             `cbor:"10,keyasint,omitempty" keep:"failed sends in a row, for the pause before the next; until sent"`
	NextTry  int64           `cbor:"11,keyasint,omitempty" keep:"when to send again; until sent"`
	Jobs     []job           `cbor:"12,keyasint,omitempty" keep:"changes of other records that this one still owes; until done, seconds"`
	Stays    int64           `cbor:"13,keyasint,omitempty" keep:"when a residue goes; 47 hours at most"`
	Pulls    int             `cbor:"14,keyasint,omitempty" keep:"failed withdrawals in a row, for the pause before the next; until withdrawn"`
	NextPull int64           `cbor:"15,keyasint,omitempty" keep:"when to withdraw again; until withdrawn"`

	// The conversation half: gone at erase.
	Handle  string    `cbor:"20,keyasint,omitempty" keep:"random name for logs and desk; as long as the conversation"`
	Mode    string    `cbor:"21,keyasint,omitempty" keep:"between bot and adviser; as long as the conversation"`
	Lang    string    `cbor:"22,keyasint,omitempty" keep:"language chosen; until the sitting closes, with a handoff as long as the conversation"`
	Country string    `cbor:"23,keyasint,omitempty" keep:"country chosen; until the sitting closes, with a handoff as long as the conversation"`
	Flow    place     `cbor:"24,keyasint,omitempty" keep:"where the flow stands, and tapped choices; until the sitting closes, with a handoff as long as the conversation"`
	Turn    uint64    `cbor:"25,keyasint,omitempty" keep:"counts turns, so that an old form cannot answer a new question; as long as the record"`
	Last    int64     `cbor:"26,keyasint,omitempty" keep:"the person's last message, for keep time and silence; as long as the conversation, and after an erase until what was asked for beforehand has heard of it"`
	Silence int64     `cbor:"27,keyasint,omitempty" keep:"when the sitting closes by itself; the sitting"`
	Expires int64     `cbor:"28,keyasint,omitempty" keep:"when the conversation is erased; as long as the conversation"`
	Log     []entry   `cbor:"29,keyasint,omitempty" keep:"text from handoff to closing, on the web the sitting's own page, an answer not read yet; until then, at most 64 lines; for a complaint up to 30 days with the person's yes"`
	Seq     int       `cbor:"30,keyasint,omitempty" keep:"numbers the lines; as long as the conversation"`
	Hand    *handoff  `cbor:"31,keyasint,omitempty" keep:"who waits since when and who holds it; until the conversation goes"`
	Words   *wordKeys `cbor:"32,keyasint,omitempty" keep:"keyed hashes of return words and duress word, never the words; until the conversation goes"`
	Duress  bool      `cbor:"33,keyasint,omitempty" keep:"the duress word was used: a warning for the adviser; until the conversation goes"`
	Left    bool      `cbor:"34,keyasint,omitempty" keep:"the person left: the adviser sees it; until they come back"`
	MovedTo []byte    `cbor:"35,keyasint,omitempty" keep:"keyed hash of the record that takes this one over; seconds"`
	Was     string    `cbor:"36,keyasint,omitempty" keep:"the mode before moving; seconds"`
	Deaf    bool      `cbor:"37,keyasint,omitempty" keep:"the provider takes nothing for this person: opted out, blocked; until they write"`
	Asked   uint64    `cbor:"38,keyasint,omitempty" keep:"the turn whose choices stand, so that a button of an older question counts no more; the sitting"`

	Beforehand *asked     `cbor:"40,keyasint,omitempty" keep:"what was asked for beforehand, in a record of its own; see its fields"`
	Wish       *asked     `cbor:"41,keyasint,omitempty" keep:"what is asked for now, on its way to that record; seconds"`
	Sign       int64      `cbor:"42,keyasint,omitempty" keep:"when the check-ins end that were asked for here, as the return words last so long; until then, at most 180 days"`
	Acts       []act      `cbor:"49,keyasint,omitempty" keep:"what an adviser asked the person's yes to, act by act, and the answers; until the conversation goes"`
	Looked     int        `cbor:"50,keyasint,omitempty" keep:"number of the act agreed to that is shown now, while they are looked at one after another; the sitting"`
	Complaint  *complaint `cbor:"45,keyasint,omitempty" keep:"a complaint that waits for a lead; until a lead has closed it, at most 96 hours, or 30 days with the person's yes"`
	Reported   int64      `cbor:"46,keyasint,omitempty" keep:"when the self-report was last offered, as it comes at most every three months; until the conversation goes"`
	Held       []string   `cbor:"48,keyasint,omitempty" keep:"staff ids of who held it, so that none of them takes a complaint about themselves; until the conversation goes"`
	Report     string     `cbor:"47,keyasint,omitempty" keep:"the self-report that the person let the adviser see; until the adviser closes the conversation"`
	Fresh      bool       `cbor:"43,keyasint,omitempty" keep:"they were asked for in this sitting, whose messages leave none out; the sitting"`
	Covered    bool       `cbor:"60,keyasint,omitempty" keep:"the adviser stopped the chat at once, which the desk shows; until the person writes"`
	Posed      string     `cbor:"70,keyasint,omitempty" keep:"id of the phrase whose numbered answers stand; until it is answered or the adviser says something else"`
	PosedIn    string     `cbor:"71,keyasint,omitempty" keep:"which message put them, so that a button of an older one counts no more; as they stand"`
	Notes      *notes     `cbor:"61,keyasint,omitempty" keep:"three short notes for whoever answers next, with the person's yes; until it is taken back or the conversation is closed"`
	Shown      int64      `cbor:"44,keyasint,omitempty" keep:"when the check-in that is being chosen was shown, so that it comes on the days that were said; the sitting"`
}

type seen struct {
	ID string `cbor:"1,keyasint" keep:"the provider's id of a message; one day"`
	At int64  `cbor:"2,keyasint" keep:"when; one day"`
}

type receiptSealed struct {
	ID string `cbor:"1,keyasint" keep:"the provider's id of a message; until withdrawn"`
	At int64  `cbor:"2,keyasint" keep:"when it was sent, for the provider's own limit; until withdrawn"`

	Recalled bool  `cbor:"3,keyasint,omitempty" keep:"it is to be withdrawn; until withdrawn"`
	After    int64 `cbor:"4,keyasint,omitempty" keep:"when it is withdrawn by itself, if not with the rest; until withdrawn"`
	Kept     bool  `cbor:"5,keyasint,omitempty" keep:"the person chose that this line stays in the chat; until erased, at most 47 hours"`
	Seq      int   `cbor:"6,keyasint,omitempty" keep:"the line that an adviser's words stand in, should they not arrive; until withdrawn"`
	Keys     bool  `cbor:"7,keyasint,omitempty" keep:"its buttons are up; until the next message"`
}

// outmsg is one message to send: what to say, not how it reads.
type outmsg struct {
	ID      string  `cbor:"1,keyasint" keep:"the message's own id, the same when sent again; until sent"`
	Lang    string  `cbor:"2,keyasint" keep:"language to render it in; until sent"`
	Choices []offer `cbor:"4,keyasint,omitempty" keep:"ids of the choices offered; until sent"`
	Text    string  `cbor:"5,keyasint,omitempty" keep:"an adviser's words on the way; until sent"`
	Stays   bool    `cbor:"6,keyasint,omitempty" keep:"a farewell: not withdrawn with the rest; until sent"`
	Said    string  `cbor:"8,keyasint,omitempty" keep:"message ids and their arguments (times, counts, codes, return words when made); until sent"`
	Seq     int     `cbor:"7,keyasint,omitempty" keep:"the line that an adviser's words stand in; until sent"`
	Until   int64   `cbor:"9,keyasint,omitempty" keep:"when it is too late to send it; until sent"`
	Piece   int     `cbor:"10,keyasint,omitempty" keep:"how many of its pieces were sent; until sent"`
	Kept    bool    `cbor:"11,keyasint,omitempty" keep:"the person chose that this line stays in the chat; until sent"`
	Passed  int     `cbor:"12,keyasint,omitempty" keep:"it failed while the next was taken, so it is tried behind the others; until sent"`
	Still   bool    `cbor:"13,keyasint,omitempty" keep:"the question before it still stands, and its buttons; until sent"`
	Made    int64   `cbor:"14,keyasint,omitempty" keep:"when it was made, so that a provider can be asked whether it has it already; until sent"`
}

type offer struct {
	ID   string `cbor:"1,keyasint" keep:"id of a choice; until answered"`
	Text string `cbor:"2,keyasint,omitempty" keep:"message id of its label; until answered"`
	Menu string `cbor:"3,keyasint,omitempty" keep:"it names a language or country; until answered"`
}

type entry struct {
	Seq  int    `cbor:"1,keyasint" keep:"number of the line; as the line"`
	From string `cbor:"2,keyasint" keep:"bot, person or adviser; as the line"`
	At   int64  `cbor:"3,keyasint" keep:"minute of the line; as the line"`
	Text string `cbor:"4,keyasint,omitempty" keep:"what the person or the adviser wrote; from handoff to closing, for a complaint up to 30 days with the person's yes"`
	Said string `cbor:"7,keyasint,omitempty" keep:"what the bot said and the person tapped, as message ids and their arguments (times, counts, codes, return words when made); the sitting's own page on the web"`
	Lead bool   `cbor:"8,keyasint,omitempty" keep:"written to the lead who gets a complaint, and for nobody else; as the complaint"`
	Kept bool   `cbor:"9,keyasint,omitempty" keep:"put aside for that lead when the sitting closed, and shown to nobody else; as the complaint"`
	Held bool   `cbor:"6,keyasint,omitempty" keep:"an answer that waits for the person; until read, at most 96 hours"`

	Pause bool   `cbor:"20,keyasint,omitempty" keep:"it came after minutes of silence, so that somebody else may write; as the line"`
	Came  bool   `cbor:"22,keyasint,omitempty" keep:"the provider says that it arrived, which the adviser sees; as the line"`
	Mark  string `cbor:"21,keyasint,omitempty" keep:"danger or self-harm was heard in it, for the adviser's eye; as the line"`
}

// ofAdviser says whether the line is the adviser's: in their own words, or words that the line has ready.
func (e *entry) ofAdviser() bool { return e.From == string(FromAdviser) }

// spoken says whether the line was said between the person and an adviser: kept from handoff to closing.
func (e *entry) spoken() bool { return e.Text != "" || e.ofAdviser() }

type handoff struct {
	Since   int64  `cbor:"1,keyasint" keep:"waiting since, for the queue; as the handoff"`
	Until   int64  `cbor:"2,keyasint" keep:"end of the next open shift; at most 96 hours"`
	Urgent  bool   `cbor:"3,keyasint,omitempty" keep:"danger or urgent, for the queue; as the handoff"`
	Adviser string `cbor:"4,keyasint,omitempty" keep:"staff id of who holds or held it, so that the same adviser comes first; as the handoff"`
	Lost    bool   `cbor:"5,keyasint,omitempty" keep:"an adviser was lost: first in the queue; as the handoff"`
	Alert   int64  `cbor:"6,keyasint,omitempty" keep:"when the bot sends the card unless the adviser reacts; 60 seconds"`
	Alerted bool   `cbor:"7,keyasint,omitempty" keep:"danger while held, shown until acknowledged; as the handoff"`
	Asked   int64  `cbor:"8,keyasint,omitempty" keep:"since when the person waits for an answer; until answered"`
	Unread  int    `cbor:"9,keyasint,omitempty" keep:"how many; until answered"`
	Lang    string `cbor:"10,keyasint,omitempty" keep:"language of the handoff, for the queue; as the handoff"`
	Country string `cbor:"11,keyasint,omitempty" keep:"country of the handoff, for the queue; as the handoff"`

	Child bool     `cbor:"12,keyasint,omitempty" keep:"tapped: under 18, which decides who may take it; as the handoff"`
	Flags []string `cbor:"13,keyasint,omitempty" keep:"hurt or at risk, in closed codes, so that a person comes first; as the handoff"`
	Harm  bool     `cbor:"14,keyasint,omitempty" keep:"words about hurting oneself while held, shown until acknowledged; as the handoff"`
	About bool     `cbor:"15,keyasint,omitempty" keep:"a lead took it because of the complaint alone; as the handoff"`

	Seen   int64   `cbor:"16,keyasint,omitempty" keep:"when somebody on the staff last said that they know of it, which holds back the alarm; until taken"`
	SeenAs int     `cbor:"17,keyasint,omitempty" keep:"which reasons there were then to come soon, as one more sounds the alarm again; until taken"`
	Given  bool    `cbor:"19,keyasint,omitempty" keep:"a colleague gave it to whoever holds it, so that it stands out; until they write"`
	Looks  []look  `cbor:"20,keyasint,omitempty" keep:"leads who read along, and why, for the adviser; an hour each"`
	First  *reveal `cbor:"22,keyasint,omitempty" keep:"a lead asked to see the address and a second one has not; 15 minutes"`
	Wants  bool    `cbor:"21,keyasint,omitempty" keep:"the adviser asks a lead to look; until one does"`
	Alone  bool    `cbor:"18,keyasint,omitempty" keep:"the adviser was not heard from any more, so that a lead is told; until taken"`
}

// wordKeys are the Names that the words lead to, and the key that compares a lone duress word.
type wordKeys struct {
	Return []byte `cbor:"1,keyasint" keep:"keyed hash of the return words; until the conversation goes"`
	Duress []byte `cbor:"2,keyasint" keep:"keyed hash of the return words with the duress word in third place; until the conversation goes"`
	Alone  []byte `cbor:"3,keyasint" keep:"keyed hash of the duress word, for this conversation only; until the conversation goes"`
}

// job is a change of another record that this one owes. Every job may be run again.
type job struct {
	Do   string `cbor:"1,keyasint" keep:"which change; seconds"`
	Name []byte `cbor:"2,keyasint,omitempty" keep:"keyed hash of the other record; seconds"`
	By   []byte `cbor:"3,keyasint,omitempty" keep:"keyed hash of the words that led there; seconds"`
	Note string `cbor:"4,keyasint,omitempty" keep:"an entry that the audit is owed: act, note, handle and staff id; seconds"`
}

// The jobs.
const (
	jobPoint   = "point"   // make both word pointers lead here
	jobDrop    = "drop"    // destroy the pointer at Name
	jobAbsorb  = "absorb"  // take over the conversation kept at Name
	jobSignal  = "signal"  // tell the conversation at Name that its duress word was used
	jobKeep    = "keep"    // hand this conversation over to its keeping place at Name
	jobAsk     = "ask"     // write what was asked for into its own record, at Name
	jobHeard   = "heard"   // tell what was asked for at this address that the person wrote; Name: whose sitting leaves none of its own out
	jobForced  = "forced"  // the same of a duress word, which answers nothing
	jobKnown   = "known"   // tell what the conversation Name asked for, wherever, that the person wrote with its return words
	jobStop    = "stop"    // end the check-ins of the conversation Name, and at this address those that no return words guard
	jobForget  = "forget"  // end all that was asked for at this address, or by the conversation Name
	jobGuard   = "guard"   // what the conversation Name asked for is behind return words from now on
	jobReady   = "ready"   // an answer waits for the conversation Name
	jobUnready = "unready" // no answer will wait for it any more
	jobAudit   = "audit"   // write Note into the line's audit

	jobFinish = "finish" // destroy the record at Name that was taken over
)

// pointer is the tiny record under a Name made of words.
type pointer struct {
	To     []byte `cbor:"1,keyasint" keep:"keyed hash of the conversation that the return words open; as long as it"`
	Duress bool   `cbor:"2,keyasint,omitempty" keep:"it is the duress word's; as long as the conversation"`
}

// place mirrors flows.State in plain fields.
type place struct {
	Flow   string   `cbor:"1,keyasint,omitempty" keep:"flow; the sitting"`
	Step   string   `cbor:"2,keyasint,omitempty" keep:"step; the sitting"`
	Back   string   `cbor:"17,keyasint,omitempty" keep:"steps that back leads to; the sitting"`
	Open   bool     `cbor:"4,keyasint,omitempty" keep:"a sitting is open; the sitting"`
	Page   int      `cbor:"5,keyasint,omitempty" keep:"page of a menu; the sitting"`
	Loops  int      `cbor:"6,keyasint,omitempty" keep:"steps taken, against endless loops; the sitting"`
	Who    string   `cbor:"7,keyasint,omitempty" keep:"tapped: for me or someone I know; until the conversation goes"`
	Danger string   `cbor:"8,keyasint,omitempty" keep:"tapped: danger now; until the conversation goes"`
	Needs  []string `cbor:"9,keyasint,omitempty" keep:"tapped: needs; until the conversation goes"`
	Share  string   `cbor:"10,keyasint,omitempty" keep:"tapped: what the adviser may see; until the conversation goes"`
	Keep   string   `cbor:"11,keyasint,omitempty" keep:"tapped: how long to keep it; until the conversation goes"`
	Person bool     `cbor:"12,keyasint,omitempty" keep:"a person was asked for before the sitting was open, answered after; the sitting"`
	Carded bool     `cbor:"13,keyasint,omitempty" keep:"a danger word was answered in this sitting; the sitting"`
	Known  bool     `cbor:"14,keyasint,omitempty" keep:"the return words were given or made; the sitting"`
	Shut   bool     `cbor:"15,keyasint,omitempty" keep:"the duress word was given: only the cover answers; the sitting"`
	Trace  string   `cbor:"18,keyasint,omitempty" keep:"tapped: what stays in a chat that is cleared; until the conversation goes"`
	Owed   bool     `cbor:"19,keyasint,omitempty" keep:"an emergency card waits for the country; until it is chosen"`
	Ready  string   `cbor:"24,keyasint,omitempty" keep:"tapped: which plain line says that an answer waits; as long as the handoff"`
	Run    string   `cbor:"20,keyasint,omitempty" keep:"tapped: how often a check-in comes, until it is set; the sitting"`
	At     string   `cbor:"21,keyasint,omitempty" keep:"tapped: at what time of day; the sitting"`
	Line   string   `cbor:"22,keyasint,omitempty" keep:"tapped: with which plain line; the sitting"`
	Miss   string   `cbor:"23,keyasint,omitempty" keep:"tapped: what follows silence; the sitting"`
	Age    string   `cbor:"30,keyasint,omitempty" keep:"tapped: under 18; until the conversation goes"`
	Happen []string `cbor:"31,keyasint,omitempty" keep:"tapped: what is happening, in closed codes; until the conversation goes"`
	Flags  []string `cbor:"32,keyasint,omitempty" keep:"tapped or heard: hurt or at risk, in closed codes; until the conversation goes"`
	Report []string `cbor:"33,keyasint,omitempty" keep:"the self-report while it is answered, in closed codes; until the person has chosen who sees it, at most the sitting"`
	About  string   `cbor:"34,keyasint,omitempty" keep:"tapped: what a complaint is about; until the conversation goes"`
	Harm   bool     `cbor:"35,keyasint,omitempty" keep:"words about hurting oneself wait for their answer; until a sitting opens"`
	Missed bool     `cbor:"16,keyasint,omitempty" keep:"nobody came in time, to be said once; until said"`
}

// Stored returns a zero value of every struct that bot seals, for `quietline datamap` and TestS10.
func Stored() []any {
	return []any{talk{}, seen{}, receiptSealed{}, outmsg{}, offer{}, entry{}, handoff{}, wordKeys{}, job{}, pointer{}, place{}, asked{}, act{}, complaint{}, notes{}, look{}, reveal{}}
}

var encMode = func() cbor.EncMode {
	m, err := cbor.EncOptions{Sort: cbor.SortNone}.EncMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return m
}()

var decMode = func() cbor.DecMode {
	m, err := cbor.DecOptions{MaxArrayElements: 1024, MaxMapPairs: 1024, MaxNestedLevels: 8}.DecMode()
	if err != nil {
		panic(err)
	}
	return m
}()

// seal makes the Record of t at name. Its Due is the earliest thing that somebody must look at.
func seal(t *talk, name store.Name, key store.Key) (store.Record, error) {
	plain, err := encMode.Marshal(t)
	if err != nil {
		return store.Record{}, fmt.Errorf("encoding a conversation: %w", err)
	}
	due := t.due()
	body, err := store.Seal(key, name, due, formatTalk, plain)
	clear(plain)
	if err != nil {
		return store.Record{}, fmt.Errorf("sealing a conversation: %w", err)
	}
	return store.Record{Due: due, Key: key, Sealed: body}, nil
}

// unseal opens a conversation. A pointer record is not one: ok is false.
func unseal(r store.Record, name store.Name) (t *talk, ok bool, err error) {
	format, plain, err := store.Open(r.Key, name, r.Due, r.Sealed)
	if err != nil {
		return nil, false, fmt.Errorf("opening a conversation: %w", err)
	}
	defer clear(plain)
	switch format {
	case formatWords:
		return nil, false, nil
	case formatTalk:
	default:
		return nil, false, fmt.Errorf("opening a conversation: format %d is newer than this program knows", format)
	}
	t = new(talk)
	if err := decMode.Unmarshal(plain, t); err != nil {
		return nil, false, fmt.Errorf("decoding a conversation: %w", errShape)
	}
	return t, true, nil
}

// at turns Unix seconds into a time; 0 is the zero time.
func at(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}

// state is the engine's form of p.
func (p *place) state() flows.State {
	s := flows.State{Flow: p.Flow, Step: p.Step, Open: p.Open, Page: p.Page, Loops: p.Loops, Person: p.Person,
		Carded: p.Carded, Known: p.Known, Shut: p.Shut, Missed: p.Missed, Owed: p.Owed, Harm: p.Harm,
		Answers: flows.Answers{Who: p.Who, Danger: p.Danger, Needs: p.Needs, Share: p.Share, Keep: p.Keep, Trace: p.Trace,
			Age: p.Age, Happening: p.Happen, Flags: p.Flags, Outcomes: p.Report, About: p.About,
			Ready: p.Ready, Sign: flows.Sign{Run: p.Run, At: p.At, Line: p.Line, Miss: p.Miss}}}
	if p.Back != "" {
		s.Back = make([]flows.Place, 0, flows.MaxBack)
		for b := range strings.SplitSeq(p.Back, recordSep) {
			flow, step, _ := strings.Cut(b, unitSep)
			s.Back = append(s.Back, flows.Place{Flow: flow, Step: step})
		}
	}
	return s
}

// placeOf is the sealed form of s.
func placeOf(s flows.State) place {
	p := place{Flow: s.Flow, Step: s.Step, Open: s.Open, Page: s.Page, Loops: s.Loops, Person: s.Person,
		Carded: s.Carded, Known: s.Known, Shut: s.Shut, Missed: s.Missed, Owed: s.Owed, Harm: s.Harm,
		Who: s.Answers.Who, Danger: s.Answers.Danger, Needs: s.Answers.Needs, Share: s.Answers.Share, Keep: s.Answers.Keep, Trace: s.Answers.Trace,
		Age: s.Answers.Age, Happen: s.Answers.Happening, Flags: s.Answers.Flags, Report: s.Answers.Outcomes, About: s.Answers.About,
		Ready: s.Answers.Ready, Run: s.Answers.Sign.Run, At: s.Answers.Sign.At, Line: s.Answers.Sign.Line, Miss: s.Answers.Sign.Miss}
	if len(s.Back) > 0 {
		var w strings.Builder
		w.Grow(32 * len(s.Back))
		for i, b := range s.Back {
			if i > 0 {
				w.WriteString(recordSep)
			}
			w.WriteString(b.Flow)
			w.WriteString(unitSep)
			w.WriteString(b.Step)
		}
		p.Back = w.String()
	}
	return p
}
