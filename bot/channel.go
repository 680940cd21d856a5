package bot

import (
	"context"
	"fmt"
	"time"

	"quietline/flows"
)

// An Address is where a channel reaches somebody: a chat id, two numbers, a page's session. It exists only inside the
// sealed record and on its way to the provider (S12).
type Address = Private

// An Outbound is one message to a person, rendered, within the channel's Limits.
type Outbound struct {
	ID      string // unique within the conversation; the same when a send is tried again
	To      Address
	Lang    string // BCP 47
	Text    Private
	Choices []Choice  // at most flows.MaxChoices. The text does not list them: a channel without buttons adds [WithChoices]
	Turn    string    // what a tap on one of the choices carries back in Inbound.Turn
	Stale   string    // receipt id of an earlier message whose buttons no longer count and should go; or empty
	Until   time.Time // not to arrive later than this: a late message can be worse than none
	// Made is when it was made. A process that died since may have sent it; zero: not known.
	Made time.Time
	// Known says whether a receipt of this id is kept, so that the message is another one; nil: none is.
	Known func(id string) bool
}

// A Choice is one answer as a person sees it.
type Choice struct {
	ID    string // what comes back in Inbound.Choice
	Digit int    // 1…6
	Label string
}

// A Receipt is what a provider gives for a message, kept so that the message can be withdrawn.
type Receipt struct {
	ID string
	At time.Time
	// Copy: only the provider's own copy can be deleted, the person's phone keeps the message. It is withdrawn as soon as
	// the provider lets it go, and not only when the person leaves.
	Copy bool
}

// Channel carries messages between people and the bot. Send and Withdraw may be called again for the same message.
// The web is no Channel: its page reads the conversation itself, see [Bot.View].
type Channel interface {
	Name() string
	// Limits are what one message can carry; the bot cuts longer answers into several.
	Limits() flows.Limits
	// Send delivers one message. Its errors say what next, see [SendError]; any other error is tried again.
	Send(ctx context.Context, out Outbound) (Receipt, error)
	// Withdraw deletes messages at the provider: later may be tried again, never cannot be deleted. After an error all
	// are tried again.
	Withdraw(ctx context.Context, to Address, rs []Receipt) (later, never []Receipt, err error)
}

// WithChoices is the text with the choices written below it, each with its digit, for channels without buttons.
func (o Outbound) WithChoices() string {
	s := o.Text.Reveal()
	for _, c := range o.Choices {
		if s != "" {
			s += "\n"
		}
		s += fmt.Sprintf("%d %s", c.Digit, c.Label)
	}
	return s
}

// Next says what to do after a failed send.
type Next string

// What a SendError may ask for.
const (
	Again         Next = "again"           // after After
	Never         Next = "never"           // opted out, landline, blocked: until the person writes
	WhenTheyWrite Next = "when they write" // the provider takes nothing until then: WhatsApp after 24 hours of silence
	Lost          Next = "lost"            // this message cannot be sent (refused as it is); the next may be
)

// A SendError is a failed send that says what to do next. Its text never holds what the provider said.
type SendError struct {
	Next  Next
	After time.Duration
	Class string // for the log: "rate limit", "blocked", …
}

func (e *SendError) Error() string { return fmt.Sprintf("send: %s (%s)", e.Class, e.Next) }
