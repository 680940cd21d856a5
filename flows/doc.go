// Package flows is the conversation as data: a book of flows, and the engine that leads a person through it.
//
// A flow is a TOML file that a helpline manager can read and a reviewer can approve. It names messages by id and holds no
// words; the words live in the catalogues. Load reads the shipped flows and, over them, an operator's own, and works
// out everything that can be known beforehand. Next is then pure and total: the same book, state and event always give
// the same new state and effects, and every state and event gives an answer. Nothing here does input or output, reads
// a clock or sees what a person typed.
//
// # The format
//
//	flow      = "check"                # the name; steps are "check.unseen"
//	start     = "unseen"               # the step that "check" alone means
//	again     = "unseen"               # where somebody goes whose step is gone from the book; default: start
//	review    = "drafted"              # or "read" (by a practitioner), "tried" (with paid survivor advisers); then also
//	                                   # read_by = a role, read_on = the day, read_as = the digest that check tells
//	rationale = "One paragraph: why the flow is as it is."
//
//	[[step]]
//	name      = "unseen"
//	say       = ["check.unseen"]       # message ids, in order; the last is the question
//	sensitive = false                  # true: must not leave before a sitting is open (S1)
//	do        = ["card"]               # effects on entering, after say
//	choices   = [{id = "yes", to = "opened", text = "check.unseen.yes", set = {danger = "no"}, do = ["open"]}]
//	menu      = "needs"                # instead of choices: languages, countries, needs or happening; goes on to "to"
//	to        = "danger"               # goes on at once, with no question
//	branch    = [{if = "open !queued", to = "x"}, {to = "handoff.queue"}] # the first whose words all hold
//	free      = "handoff.kept"         # text that is no choice is taken here, and answered with this message
//	rest      = true                   # nothing is asked on purpose: the talk is over, or an adviser speaks
//
// A step asks (choices, menu), goes on (to, branch) or rests. "to" is a step of the same flow, "flow.step", or a flow.
// A choice's text defaults to "flow.step.choice". Conditions are the fields of Facts in small letters, and open (a sitting
// is), mine (no return words are set, or they were given), wanted (a person was asked for before the sitting), missed
// (nobody came in time), who, needs, share, trace, ready (that has been answered); "!" before one negates it.
//
// # Entry points
//
// Events lead to fixed steps, which every book must have: Begin to arrival; Person to handoff.person; Leave to
// closing.left and Erase to closing.erased, after the act itself; Return and Duress to return.hello; Taken, Lost and
// Expired to the handoff step of the same name; Ended to closing.ended; SelfHarm in an open sitting to hurt.selfharm.
// Whatever would be sensitive while no sitting is open becomes check.cover.
//
// Consent and Report lead to the flows consent and outcomes, and only while an adviser holds the open conversation. While
// a question of theirs stands (Book.Aside), its choices are answers and all else is for the adviser. Both end at
// handoff.taken. At complaint.write, text is for the lead to whom the complaint goes (Book.TakesText).
//
// # Args
//
// Messages may hold these placeholders and no others; the caller fills them in: {{.Country}}, {{.When}} (the next open
// shift), {{.Languages}} (spoken then), {{.Need}}, {{.Needs}}, {{.Words}}, {{.Duress}}, {{.Until}} (when what is kept
// goes), {{.Count}} (people ahead in the queue), {{.Cover}} (the line's cover name), {{.Number}} (a telephone number of the directory),
// {{.First}} and {{.End}} (days of a check-in), {{.Line}} (its plain line), {{.Body}} (who takes complaints outside the line),
// {{.Whom}}, {{.What}}, {{.Why}} and {{.Till}} (an act, in the adviser's own words),
// {{.Statement}} (the operator's signed statement of reporting duties).
package flows
