package directory

// kindOrder is every kind of service, in the order in which a person sees them.
var kindOrder = []string{"trafficking_hotline", "domestic_violence", "child_helpline", "labour", "migrant", "legal", "health", "embassy", "other", "emergency", "police"}
