package flows

// Limits are what one channel can carry, handed to check so that a book is proved against every channel it will meet.
// A zero field means no limit.
type Limits struct {
	Channel       string // "web", "telegram", "sms", "whatsapp", "terminal"
	MaxChoices    int    // buttons or numbered answers in one message
	MaxText       int    // bytes of one message, UTF-8
	MaxLabel      int    // runes of one choice's label
	CallbackBytes int    // bytes of one choice's id as the channel sends it back
	Clears        bool   // messages can be taken off the person's phone again
	Brief         bool   // it takes messages only within a day of the person's last one: nothing can be promised for later
	MaxSegments   int    // SMS parts of one message (GSM 03.38 septets or UCS-2, counted by locales.Segments)
}
