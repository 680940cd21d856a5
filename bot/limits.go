package bot

import "time"

// What is kept, and for how long at the most (S10). These are ceilings in code: no configuration reaches past them.
const (
	// keepDay is the default keep time, counted from the person's last message.
	keepDay = 24 * time.Hour
	// keepFortnight is offered only with a keyring that outlives the machine.
	keepFortnight = 14 * 24 * time.Hour
	// askedCeiling ends every series of check-ins, counted from the person's last message.
	askedCeiling = 180 * 24 * time.Hour
	// keepNow is how long a goodbye stays on an open page when the person chose to forget now.
	keepNow = 5 * time.Minute
	// waitCeiling ends an unanswered handoff or an unread answer, whatever the rota says.
	waitCeiling = 96 * time.Hour
	// complaintCeiling ends a complaint for which the person let what was written be kept.
	complaintCeiling = 30 * 24 * time.Hour
	// reportEvery is how long no second self-report is offered: an outcome changes slowly, and asking tires.
	reportEvery = 90 * 24 * time.Hour
	// residueRepeat, residueCeiling: a residue goes when its receipts are withdrawn and the provider no longer repeats
	// (Telegram: 24 hours), after 47 hours at the latest: Telegram deletes nothing older than 48 hours.
	residueRepeat  = 24 * time.Hour
	residueCeiling = 47 * time.Hour

	// sittingIdle is the silence after which a sitting closes: the field's practice is 15 minutes.
	sittingIdle = 15 * time.Minute
	// alertWait is how long an adviser has to react to danger before the bot sends the card itself (S3).
	alertWait = 60 * time.Second
	// pauseFor: after so long without a word of the person somebody else may hold the phone.
	pauseFor = 5 * time.Minute
	// firstFor is how long whoever answered before is waited for, when somebody comes back and nothing presses.
	firstFor = 3 * time.Minute
	// lostPage and lostText: a message of the person unanswered for so long, with the adviser's desk offline.
	lostPage = 2 * time.Minute
	lostText = 10 * time.Minute

	// maxLog is the most lines of text in a record.
	maxLog = 64
	// maxActs is how many acts of passing on are kept, each with four fields of MaxActField.
	maxActs = 8
	// maxHeld is how many advisers of one conversation are remembered.
	maxHeld = 16
	// maxSeen is how many message ids are remembered of the person, and of the desk; providers repeat the newest first.
	maxSeen = 32
	// seenFor is how long: the longest that a provider repeats (Telegram).
	seenFor = 24 * time.Hour
	// maxBody is the size past which old lines give way, so that a record always fits the store.
	maxBody = 60_000
	// maxReceipts is how many messages can be withdrawn; older ones are withdrawn before.
	maxReceipts = 400
	// maxUnread is how much of an adviser's text waits for a person, in bytes: it is twice in the record while it is sent.
	maxUnread = 16_000
	// maxOut is how many messages wait while a provider delivers nothing.
	maxOut = 24

	// clockSlack, in seconds: a clock that goes back by less is being kept right, not put right.
	clockSlack = 60

	// claimFor is how long a send may take before another server may do it again.
	claimFor = 30 * time.Second
	// sendWithin ends a send before its claim does.
	sendWithin = 20 * time.Second
	// outLives is how long a message may wait to be sent: as long as the sitting that it answers.
	outLives = sittingIdle
	// farewellLives is the same for a goodbye: soon nobody knows who reads.
	farewellLives = 5 * time.Minute
	// farewellStays is how long a goodbye stays in a chat that can be cleared: long enough to read it.
	farewellStays = 5 * time.Minute
	// copyStays is when the provider's copy of a message is first deleted, if no report says sooner that it may be.
	copyStays = time.Minute
	// recallAge is the age at which messages are withdrawn though nobody asked: well before Telegram's 48 hours.
	recallAge = 20 * time.Hour
	// maxBackoff is the longest pause between two tries.
	maxBackoff = 5 * time.Minute
	// poisonTries is after how many failures of a message the one behind it is tried by turns.
	poisonTries = 4
	// awayFor is after how long without a word of the person what is sent begins with the cover: their phone may lie open.
	awayFor = 2 * time.Minute
	// readFirst is within which time a typed digit is no answer to a question for consent: it crossed it on the way.
	readFirst = 10 * time.Second
	// doubleTap is within which time a second tap on a button is no new answer.
	doubleTap = 5 * time.Second

	// maxSittings is the default ceiling of web conversations.
	maxSittings = 20_000
)

// keepTime is the keep time of an answer; anything unknown is the default.
func keepTime(answer string, durable bool) time.Duration {
	switch {
	case answer == "now":
		return 0
	case answer == "14d" && durable:
		return keepFortnight
	}
	return keepDay
}
