package bot

import (
	"context"
	"fmt"
	"time"
)

// An Address is where a channel reaches somebody: a chat id, a number, a page's session. It exists only inside the
// sealed record and on its way to the provider (S12).
type Address = Private

// An Outbound is one message to a person, rendered.
type Outbound struct {
	ID      string // unique within the conversation; the same when a send is tried again
	To      Address
	Lang    string // BCP 47
	Text    Private
	Choices []Choice // at most flows.MaxChoices; also written as digits where the channel has no buttons
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
}

// Channel carries messages between people and the bot. Send and Withdraw may be called again for the same message.
// The web is no Channel: its page reads the conversation itself, see [Bot.View].
type Channel interface {
	Name() string
	// Send delivers one message. Its errors say what next, see [SendError]; any other error is tried again.
	Send(ctx context.Context, out Outbound) (Receipt, error)
	// Withdraw deletes messages at the provider: later may be tried again, never cannot be deleted.
	Withdraw(ctx context.Context, to Address, rs []Receipt) (later, never []Receipt, err error)
}

// Next says what to do after a failed send.
type Next string

// What a SendError may ask for.
const (
	Again         Next = "again" // after After
	Never         Next = "never" // opted out, landline, blocked
	WhenTheyWrite Next = "when they write"
)

// A SendError is a failed send that says what to do next. Its text never holds what the provider said.
type SendError struct {
	Next  Next
	After time.Duration
	Class string // for the log: "rate limit", "blocked", …
}

func (e *SendError) Error() string { return fmt.Sprintf("send: %s (%s)", e.Class, e.Next) }
