// Package bot is a conversation and how one message changes it.
//
//	take → turn (pure) → one Swap of one sealed record → outbox, read back from Watch
//
// A conversation is one sealed record (record.go). [Bot.Take] handles one message: it reads the record, runs the turn
// (turn.go, understand.go, effects.go, say.go: no I/O, no clock of its own) and writes the record back in one Swap; on any
// doubt it does so again, for each message's id counts once. All that follows the commit (sending, withdrawing, closing, expiring,
// and changes that one record owes another) hangs on Watch and on the deadlines in the record: run.go, send.go,
// withdraw.go, jobs.go; moves.go has how a conversation goes to its keeping place and comes back.
// cut.go cuts what is sent to the channel's limits, report.go hears what the provider says later, fit.go keeps a record within
// the store's; floods.go counts addresses in memory, trial.go follows an operator's own message.
// index.go keeps what the desk's queue needs in memory, dues.go the deadlines, found again from Watch at every start.
//
// What the bot says are message ids; blocks.go and render.go turn them into words, numbers and names when somebody looks.
// asked.go and askedjobs.go have what a person asked for beforehand: check-ins and the plain line for a waiting answer (S7).
// marks.go has what decides who may take a conversation and how soon; acts.go the person's yes to one act (S6); selfreport.go
// and complaint.go the two things after which they are named.
// view.go shows a page to the person; words.go has the return words and the duress word; desk.go what an adviser may do.
//
// The limits of what is kept (S10) stand in limits.go; every sealed field says why it is there in record.go.
package bot
