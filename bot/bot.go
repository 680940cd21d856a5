package bot

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"time"

	"quietline/directory"
	"quietline/flows"
	"quietline/line"
	"quietline/locales"
	"quietline/store"
)

// Content is what the bot says and knows: replaced as one when an operator's edit passes the checker.
type Content struct {
	Book      *flows.Book
	Words     *locales.Catalogues
	Directory *directory.Directory
}

// Config is all that a Bot needs. Every field without "optional" must be set.
type Config struct {
	Store       store.Store
	Line        *line.Line
	Content     func() *Content // the last content that passed the checker; called once per turn
	Channels    []Channel
	Languages   []string          // offered, in the order of the menu; the first is the line's own
	Countries   []string          // in the order of the menu
	Cover       string            // the line's innocuous name, as a person may see it before a sitting
	Durable     bool              // the keyring outlives the machine: keep times over 24 h may be offered
	Hide        bool              // unchecked numbers are not shown (unchecked = "hide")
	Reveal      string            // reveal_address: "never" or "two_leads"; drives the limits text (S6)
	Duties      map[string]string // the operator's statement of reporting duties by language, shown with the limits text; the first language's where one is missing
	Record      bool              // optional: the operator keeps short records by law, sealed to a key that is not here; people are told
	Body        string            // optional: an outside body that takes complaints about the line, and how to reach it
	OnCall      OnCall            // optional: who is called when nobody is on duty
	MaxSittings int               // optional: web sittings at once, default 20,000; over it the idlest falls
	Now         func() time.Time
	Rand        io.Reader
	Log         *slog.Logger
}

// An Inbound is one message or tap of a person, as a channel hands it over.
type Inbound struct {
	Channel string
	Address Address
	ID      string     // the provider's id, or the form's nonce: one id is taken once
	Text    Private    // what was written, at most MaxText bytes of valid UTF-8; or
	Choice  string     // the id of a tapped choice; or
	Key     flows.Kind // a tapped key: Leave, Erase, Person, Back, Urgent
	Digit   int        // a tapped button that knows only its place, 1…6, and the Turn that it was sent with
	Other   bool       // something other than text came (a picture, a voice, a place, a contact): it was not fetched; words beside it are Text
	Edited  bool       // an older message was changed: keys and an adviser's ears count, choices do not
	Turn    string     // the turn a form or button answers; a choice for another turn is stale. Empty: the channel cannot tell
	Lang    string     // for a new conversation: language already chosen, or empty
	Country string     // for a new conversation: from the code, or empty
	Page    bool       // the channel shows the conversation itself (web): nothing is sent, the log is kept for the sitting
	Phone   Private    // the telephone number, where one number has several addresses: what it costs is counted together
	Receipt *Receipt   // the person's own message, where the provider can delete it or its copy
}

// MaxText is the longest piece of text kept in a record, in bytes: a record holds 64 of them. A page and an adviser may
// write so much at once.
const MaxText = 1500

// MaxMessage is the longest message of a text channel, in bytes: Telegram's 4,096 UTF-16 units. It is taken whole, and
// kept in pieces of MaxText.
const MaxMessage = 3 * 4096

// Taken is what became of an Inbound. It has been committed when Take returns.
type Taken struct {
	Repeat bool // this id was taken before
	Stale  bool // a choice for a question that is no longer asked; the present one stands
	Left   bool // the person left or erased: the page must go
	New    bool // it made the conversation
}

// Errors of Take and the desk calls.
var (
	ErrGone      = errors.New("there is no such conversation")
	ErrTaken     = errors.New("another adviser holds the conversation")
	ErrNotYours  = errors.New("the conversation is not held by this adviser")
	ErrTooLong   = errors.New("the text is too long")
	ErrBadText   = errors.New("the text is not valid UTF-8 or holds control characters")
	ErrQuiet     = errors.New("nothing may be written there: only what the person agreed to beforehand")
	ErrClosedNow = errors.New("the conversation is closed")
)

// A From says who wrote a line of the log.
type From string

// Who may speak. There is one voice besides the person's at any time (S8).
const (
	FromBot     From = "bot"
	FromPerson  From = "person"
	FromAdviser From = "adviser"
)

// A Block is a piece of what a line says. Kind "text" has only Text; "number" is a telephone number to be shown big;
// "service" a help line with Name, Number, Notes and Source; "right" a statement with Source.
type Block struct {
	Kind   string   // "text", "number", "service", "right"
	Text   string   // text or statement
	Name   string   // service name or the number's label ("Police")
	Local  string   // the service's own-language name, if it has one
	Number string   // as published
	Dial   string   // for tel:
	Notes  []string // hours, who answers, one mark (checked by this line / we have not tried this number), each a sentence
	Source string   // address as text, for a fold
	On     string   // found on / checked on, rendered
}

// A Line is one entry of a conversation as somebody sees it.
type Line struct {
	State  Delivery // of what an adviser said
	Pause  bool     // of what the person wrote: after minutes of silence, so that somebody else may write
	Mark   string   // of what the person wrote: MarkDanger or MarkHarm, in whatever language
	Means  []Block  // of the person's: which of the numbered answers it is, in the adviser's language
	Own    []Block  // of what an adviser sent ready-made: the same in the adviser's language, where the person's is another
	Seq    int
	From   From
	At     time.Time // rounded down to a minute
	Blocks []Block
	Held   bool // written by the adviser after the sitting closed: waits for the person
}

// A Rev says which version of a conversation was read; zero: it is gone. A page's stream carries nothing else.
type Rev = store.Rev

// A View is what a person's page shows.
type View struct {
	Rev     Rev
	Turn    string // the forms must carry it
	Lang    string
	Country string
	Mode    Mode
	Open    bool // a sitting is open
	Lines   []Line
	Choices []Choice
	Write   bool // free text has a reader now: the page shows its box
	Gone    bool // there is no such conversation, or it was left: show the cover
}

// A Mode is where a conversation stands between bot and adviser.
type Mode string

// The modes. Every one has an owner or a deadline.
const (
	Talking Mode = "bot"     // the flow asks
	Waiting Mode = "waiting" // in the queue
	Claimed Mode = "claimed" // an adviser has it and has not written yet
	Active  Mode = "active"  // an adviser writes
	Closing Mode = "closing" // the adviser closed it; keep time and return words are asked
	Closed  Mode = "closed"  // kept until its keep time ends
	Residue Mode = "residue" // erased; receipts wait to be withdrawn
	Moved   Mode = "moved"   // its return words opened it elsewhere
)

// An Item is one conversation as the desk's queue lists it. Never an address, never a Name.
type Item struct {
	Handle  string
	Mode    Mode
	Channel string
	Lang    string
	Country string
	Needs   []string // empty unless the person agreed to share
	Who     string
	Urgent  bool      // danger, or the person asked as urgent
	Lost    bool      // an adviser was lost: first in the queue
	Left    bool      // the person has left
	Duress  bool      // the duress word was used
	Alert   bool      // danger while held, not acknowledged
	Deaf    bool      // cannot reply: the provider refuses until the person writes (opted out, blocked, landline)
	Quiet   bool      // a check-in stayed unanswered: what was agreed is all that may be done
	Since   time.Time // waiting since
	Adviser string    // staff id of the holder
	Unread  int       // lines of the person after the adviser's last
	Until   time.Time // when an unanswered handoff ends

	Child     bool     // said that they are under 18
	Trained   bool     // of a child's: an adviser trained for children, who reads the language, is on duty: only they may take it
	Busy      bool     // and each of those talks with somebody else now
	Closed    bool     // of QueueFor: for that reason this staff member may not take it now
	Harm      bool     // words about hurting oneself while held, not acknowledged
	Flags     []string // of flows.Flags: hurt or at risk. In the queue some stand there as FlagHealth
	Happening []string // of flows.Happenings; empty unless the person agreed to share
	Complaint bool     // a complaint waits for a lead; only those see it who may take it

	Before  string // while it waits: staff id of who answered before, and comes first
	Given   bool   // a colleague gave it to the holder, who has not written yet
	Wants   bool   // the adviser asks a lead to look
	Covered bool   // the adviser stopped the chat at once

	Seen  time.Time // while it waits: when somebody said that they know of it; zero: nobody did, or it is worse since
	Alone bool      // the adviser was not heard from any more while the person waited for an answer

	about []string // staff whom the complaint may be about
	only  bool     // it is there for the complaint alone: nobody waits for a person
	there bool     // it is held, and a sitting is open
}

// A DeskView is what the adviser who holds a conversation sees (a lead sees it too).
type DeskView struct {
	Item
	Rev      Rev
	Lines    []Line
	Summary  []Block   // what the person agreed to share
	Acts     []Act     // what was asked of the person, act by act, and the answers
	Report   []Block   // the self-report, which the person let the adviser see
	Asking   bool      // a question of the adviser's stands: writing takes it back
	Reported time.Time // when the self-report was last answered; zero: not known
	Returns  bool      // return words are set: a later self-report can know of this one
	Here     bool      // the person's page is open now
	Keep     string

	Notes Notes  // for whoever answers next
	Noted bool   // the person agreed to notes
	Looks []Look // leads who read along now
}

// A Bot runs conversations. Make one with New, then call Run; Take and the desk's calls work from New on.
type Bot struct {
	cfg Config
	// see index.go, take.go
	state
}

// Take handles one inbound message: it returns after the turn is committed. Any error means that nothing is known to
// have been taken: the provider should repeat it, and it will be taken once.
func (b *Bot) Take(ctx context.Context, in Inbound) (Taken, error) {
	got, err := b.take(ctx, in)
	if err == nil {
		b.took(&in)
	}
	return got, err
}

// Preview is the view of a conversation that does not exist yet: the first question, and no record. Its choices go to
// Take with the same channel, address, language and country.
func (b *Bot) Preview(channel, lang, country string) (View, error) {
	return b.preview(channel, lang, country)
}

// View is what the person at this address sees. It also tells the bot that the page is there (S7: a sitting stays
// open while its page waits in the queue).
func (b *Bot) View(ctx context.Context, channel string, a Address) (View, error) {
	return b.view(ctx, channel, a)
}

// Changes yields the conversation's Rev now and after every change, until ctx ends or the conversation is gone (Rev 0).
// While it is being read the page counts as present.
func (b *Bot) Changes(ctx context.Context, channel string, a Address) iter.Seq[Rev] {
	return b.changes(ctx, channel, a)
}

// A Report is what a provider says later about a message that it had taken.
type Report struct {
	Channel string
	Address Address
	ID      string     // of its Receipt
	Final   bool       // nothing more will happen to it: the provider's copy can be deleted
	Failed  *SendError // it did not arrive; nil: it did, or nobody knows yet
}

// Report takes what a provider says later. It never makes a record: a report of what is not known changes nothing.
func (b *Bot) Report(ctx context.Context, r Report) error { return b.report(ctx, r) }

// Load says how full the line is.
type Load struct {
	Waiting  int // conversations waiting for an adviser
	Sittings int // web conversations there are
}

// Load counts, from memory.
func (b *Bot) Load() Load { return b.load() }

// Queue lists every conversation that waits for or is held by an adviser, in the order in which to take them: lost
// adviser first, danger, a child, who may hurt themselves, who is hurt, then waiting longest. From memory.
func (b *Bot) Queue() []Item { return b.queue() }

// QueueFor is the queue as this staff member may see it: complaints only for leads who did not hold the conversation; and
// for a lead a child whom nobody trained for children can take stands first.
func (b *Bot) QueueFor(staff string) []Item { return b.queueFor(staff) }

// Calls is the part of QueueFor that calls for somebody: what waits, and of what this staff member holds what alarms.
func (b *Bot) Calls(staff string) []Item { return b.calls(staff) }

// QueueChanges yields once now and after every change of the queue, until ctx ends.
func (b *Bot) QueueChanges(ctx context.Context) iter.Seq[struct{}] { return b.queueChanges(ctx) }

// HandleChanges yields the Rev now and after every change of one conversation, for the desk.
func (b *Bot) HandleChanges(ctx context.Context, handle string) iter.Seq[Rev] {
	return b.handleChanges(ctx, handle)
}

// Claim gives a waiting conversation to an adviser: one winner, the others get ErrTaken.
func (b *Bot) Claim(ctx context.Context, handle, staff string) error {
	return b.claim(ctx, handle, staff)
}

// Release puts a held conversation back into the queue, first; the person is told truthfully.
func (b *Bot) Release(ctx context.Context, handle, staff string) error {
	return b.release(ctx, handle, staff)
}

// Desk is what the holder sees, the line's own words in lang; staff must hold it (lead: any).
func (b *Bot) Desk(ctx context.Context, handle, staff string, lead bool, lang string) (DeskView, error) {
	return b.desk(ctx, handle, staff, lead, lang)
}

// Says sends what the adviser wrote. id is the form's nonce: one id is taken once. If the sitting is closed the text
// waits sealed until the person opens one (S7).
func (b *Bot) Says(ctx context.Context, handle, staff, id string, text Private) error {
	return b.says(ctx, handle, staff, id, text)
}

// Ack says that the adviser has seen a danger alert: the bot does not send the card (S3).
func (b *Bot) Ack(ctx context.Context, handle, staff string) error { return b.ack(ctx, handle, staff) }

// Seen says that a staff member knows of a person who waits: nobody is alarmed of them for [SeenFor], unless it gets worse.
func (b *Bot) Seen(ctx context.Context, handle, staff string) error {
	return b.seen(ctx, handle, staff)
}

// End closes a held conversation from the desk: the person is asked how long to keep it, then the text goes.
func (b *Bot) End(ctx context.Context, handle, staff string) error { return b.end(ctx, handle, staff) }

// Erase destroys the conversation with this handle, as the person's own "00" would. ErrGone if there is none.
func (b *Bot) Erase(ctx context.Context, handle string) error { return b.eraseHandle(ctx, handle) }

// Run keeps every promise that hangs on the store: sends what is in the outboxes, withdraws, closes sittings, ends what
// has lived its time. It returns when ctx ends, after the sends under way have ended.
func (b *Bot) Run(ctx context.Context) error { return b.run(ctx) }

// New makes a bot over its store; it reads (or makes) the store's secret.
func New(ctx context.Context, cfg Config) (*Bot, error) { return newBot(ctx, cfg) }
