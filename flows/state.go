package flows

import "slices"

// State is where a conversation stands in the book: plain data, stored between turns, never a pointer into the book.
type State struct {
	Flow, Step string
	Back       []Place // where "back" leads, newest last, at most MaxBack
	Open       bool    // a sitting is open: the person said that they can read and write unseen
	Page       int     // of a menu longer than one screen, from 0
	Loops      int     // steps entered since the last Begin; MaxLoops sends the person to the again step
	Person     bool    // a person was asked for (9) before a sitting was open: queue at once when it opens
	Carded     bool    // a danger word has brought the card in this sitting; the next one does not
	Known      bool    // the return words were given, or made, in this sitting: what came before may be shown
	Shut       bool    // the duress word was given: only the cover answers, until Return, Erase or Silence
	Owed       bool    // the card was asked for before the country was known: it comes when the country is chosen
	Missed     bool    // nobody took the handoff while no sitting was open: said once when one opens
	Harm       bool    // words about hurting oneself came before a sitting was open: answered when one opens
	Answers    Answers
}

// A Place is one step of one flow.
type Place struct{ Flow, Step string }

// MaxBack is how many steps "back" remembers; older ones lead to the flow's start.
const MaxBack = 12

// MaxLoops is how many steps one conversation may enter before it is led to the flow's again step and counted afresh.
const MaxLoops = 2000

// Answers are the choices a person tapped, in closed codes, never prose (S5). They are what a handoff carries.
type Answers struct {
	Who    string   // "me", "other" (somebody they know), "saw" (they saw something), "unsure"; empty: not asked or skipped
	Age    string   // "child", who said that they are under 18; else empty: nobody is asked
	Danger string   // "yes", "no", "unsure"
	Needs  []string // of directory.Needs, in the order picked, each once
	Share  string   // what the adviser may see: "all", "none" (refused), empty: not decided, which counts as none
	Keep   string   // "now", "24h", "14d"; empty: 24h
	Trace  string   // what stays in a chat that is cleared: "nothing", or "number", one plain line; empty: not asked
	Ready  string   // the plain line to send when an answer waits: "1" to "4", "no"; empty: not asked in this handoff
	Sign   Sign

	Happening []string // of Happenings, in the order picked, each once
	Flags     []string // of Flags, in the order told, each once: what a person must know at once who answers. Never a score
	Outcomes  []string // the self-report while it is answered: "need=how", how of "good", "middle", "low"; what is skipped is not there
	About     string   // what a complaint is about: "adviser", "bot", "other"; empty: not said
}

// Happenings are the codes of the happening menu, in its order.
func Happenings() []string { return slices.Clone(happenings) }

var happenings = []string{"work", "papers", "threats", "locked", "debt", "carry", "sex", "account", "moved", "marriage"}

// fits is the need whose services fit what is happening.
var fits = map[string]string{
	"work": "legal", "papers": "papers", "threats": "safety", "locked": "safety", "debt": "legal",
	"carry": "legal", "sex": "safety", "account": "legal", "moved": "safety", "marriage": "safety",
}

// Flags are the words by which somebody who is hurt comes first to a person, in no order of worth.
func Flags() []string { return slices.Clone(flagWords) }

var flagWords = []string{"selfharm", "overdose", "bleeding", "pregnant", "rape"}

// Outcomes are the seven needs that the self-report asks about: the outcomes of the Modern Slavery Core Outcome Set.
func Outcomes() []string { return slices.Clone(needs[:7]) }

// A Sign is a check-in as it is being chosen (S7).
type Sign struct {
	Run  string // once in "d1", "d3", "d7" days; "w2", "w4", "w8" times weekly; "m3", "m6" times every four weeks
	At   string // "morning", "midday", "afternoon", "evening" in the country's own time; "now": at about this time of day
	Line string // which plain line is sent: "1" to "4", of PlainLines
	Miss string // what follows when nothing comes back within a day: "nothing", or "adviser", who is told
}

// PlainLines are the messages that may be sent before a sitting, one of them, where the person chose it beforehand (S7).
func PlainLines() []string { return []string{"ask.line.1", "ask.line.2", "ask.line.3", "ask.line.4"} }

// Facts are what a step may ask about the world outside the conversation. The caller fills them in before each Next,
// so that Next stays pure.
type Facts struct {
	Language bool // the language is known
	Country  bool // the country is known
	OnDuty   bool // somebody is on duty for this language and country
	Queued   bool // the conversation waits for an adviser
	Held     bool // an adviser holds it
	Words    bool // return words are set
	Durable  bool // the keyring outlives the machine: keep times over 24 h may be offered
	Web      bool // the channel is the web page: exit, cover and language live on the page itself
	Pending  bool // an adviser's answer waits to be read
	Shift    bool // the next open shift is known: {{.When}} and {{.Until}} can be said
	Clears   bool // the channel can take its messages off the person's phone: what stays in the chat may be asked
	Asked    bool // a check-in was set in this sitting, or behind the return words that were given in it: only then may it be seen
	Brief    bool // the channel reaches the person only within a day of their last message
	Zone     bool // the country has one time, so that times of day can be said
	Ended    bool // an adviser has closed the conversation, and how long to keep it is not said yet
	Limited  bool // this address has asked for a person too often for now: told so, and shown numbers

	ChildTrained bool // somebody trained to work with children is on duty for this language and country
	ChildBusy    bool // and each of them talks with somebody else now
	Full         bool // the line says that it is full: new people hear so before any question
	Agreed       bool // an act that the person agreed to stands: it may be taken back
	More         bool // at least one more such act stands behind the one that is shown now (ShowAgreed)
	Complained   bool // a complaint of this conversation waits for a lead
	Unheard      bool // no lead is on the staff who may read a complaint of this conversation
	Outside      bool // the operator has named a body outside the line that takes complaints: {{.Body}}
}

// Kind says what happened.
type Kind string

// The kinds of event. A key that a person sends in any form (digit, button, word) becomes one of these before Next.
const (
	Begin  Kind = "begin"  // first message, or the first after a sitting closed: the arrival flow starts afresh
	Chose  Kind = "chose"  // one of the step's choices; Event.Choice is its id
	Free   Kind = "free"   // text that is no choice and no key
	Leave  Kind = "leave"  // 0
	Erase  Kind = "erase"  // 00
	Person Kind = "person" // 9
	Back   Kind = "back"   // 8
	Urgent Kind = "urgent" // 99, an emergency number, a run of 9s
	Danger Kind = "danger" // a danger word within text
	// SelfHarm is a word about hurting oneself within text.
	SelfHarm Kind = "selfharm"
	Silence  Kind = "silence" // the sitting's time ran out
	Return   Kind = "return"  // the right return words: the sitting may be opened and what is pending shown
	Duress   Kind = "duress"  // the duress word: same words as Return, then only the cover
	Taken    Kind = "taken"   // an adviser claimed the conversation
	Ended    Kind = "ended"   // the adviser closed it: keep time and return words are asked
	Lost     Kind = "lost"    // the adviser is gone; the conversation is first in the queue again
	Expired  Kind = "expired" // nobody took the handoff in the promised time
	Consent  Kind = "consent" // the adviser asks the person to agree to one act (S6): only while held and open
	Report   Kind = "report"  // the adviser offers the outcomes self-report: only while held and open, never to a child
)

// An Event is one thing that happened, already understood: text never reaches the engine.
type Event struct {
	Kind   Kind
	Choice string // for Chose
	Facts  Facts
}

// An Effect is one thing to do. The set is closed: see the Do constants.
type Effect struct {
	Do        Do
	ID        string // Say: message id; MakeWords: the message that shows them, with {{.Words}} and {{.Duress}}; ShowCheckIn, ShowAct, ShowAgreed: the message that says it
	Sensitive bool   // Say, Ask: must not leave before a sitting is open
	Arg       string // KeepFor: keep time; Lines: need, empty for all, or LinesForChildren, LinesForReports; Card: "short" or "full"; AlertAdviser: "danger", "urgent", "selfharm" or "duress"; ShowOutcomes, SendOutcomes: Answers.Outcomes joined by spaces; SetLanguage, SetCountry: which
	Choices   []Choice
}

// Do names an effect.
type Do string

// The effects. The caller carries them out in order.
const (
	Say          Do = "say"           // say message ID; its arguments come from the caller's closed list (see Args in the package comment)
	Ask          Do = "ask"           // offer Choices (at most MaxChoices, as buttons and digits)
	OpenSitting  Do = "open"          // S1: the choice that opens a sitting
	CloseSitting Do = "close"         // the sitting ends; the next message meets the cover
	Card         Do = "card"          // the emergency card; short while no sitting is open, full afterwards
	Lines        Do = "lines"         // the country's services for need Arg, from the directory
	Rights       Do = "rights"        // the country's rights, from the directory
	Summary      Do = "summary"       // what the adviser would see
	SayLimits    Do = "limits"        // what stays with the line and what cannot: the limits.* messages that the configuration calls for (S6)
	Queue        Do = "queue"         // hand over: wait for an adviser
	QueueUrgent  Do = "queue-urgent"  // the same, danger first
	Unqueue      Do = "unqueue"       // stop waiting
	SetLanguage  Do = "set-language"  // Arg: the tag chosen from the languages menu
	SetCountry   Do = "set-country"   // Arg: the country chosen from the countries menu
	MakeWords    Do = "make-words"    // make return words and a duress word, and show them once
	KeepFor      Do = "keep"          // Arg: "now", "24h", "14d"; "30d" is about a complaint alone, and comes before Complain
	DoLeave      Do = "leave"         // withdraw what can be withdrawn, close the sitting
	DoErase      Do = "erase"         // destroy the conversation
	SetCheckIn   Do = "check-in"      // set the check-in that Answers.Sign describes, in place of one that is there
	StopCheckIn  Do = "stop-check-in" // end the check-in that may be seen, or else any at this address that no return words guard
	ShowCheckIn  Do = "show-check-in" // say which one is there: message ID
	SetReady     Do = "ready"         // send the plain line Answers.Ready when an answer waits
	ShowPending  Do = "show-pending"  // show the adviser's held answers
	AlertAdviser Do = "alert-adviser" // danger, urgent or self-harm while an adviser holds the conversation; the duress word at any time
	ShowAct      Do = "show-act"      // show the act that the adviser asks about, in the adviser's words: message ID with {{.Whom}}, {{.What}}, {{.Why}}, {{.Till}}
	Agree        Do = "agree"         // the person agrees to that one act
	Refuse       Do = "refuse"        // or not; nothing else changes
	FirstAct     Do = "first-act"     // begin to look at the acts that were agreed to and not taken back, the oldest first
	ShowAgreed   Do = "show-agreed"   // show the one that is looked at, as ShowAct does
	KeepAct      Do = "keep-act"      // it still holds: look at the next
	TakeBack     Do = "take-back"     // take that one back, and no other: look at the next
	ShowOutcomes Do = "show-outcomes" // show the person their own self-report
	SendOutcomes Do = "send-outcomes" // the adviser may see it; the answers leave the state
	DropOutcomes Do = "drop-outcomes" // nobody sees it; the answers leave the state
	Complain     Do = "complain"      // an item for a lead who is not its subject, about Answers.About
)

// What Lines may show besides the services for a need.
const (
	LinesForChildren = "child"  // lines for children
	LinesForReports  = "report" // lines that take reports: what somebody saw may be told there
)

// MaxChoices is the most choices a step may offer: one screen, one digit each (DESIGN "Keys and words").
const MaxChoices = 6

// A Choice is one answer a step offers.
type Choice struct {
	ID   string // stored and sent instead of the text
	Text string // message id of its label; for a menu item it is empty and Label is set
	Menu string // "language" or "country": ID is a tag or country code and the caller renders its own name
}
