package events

// What the tests need to know of the inside.
const EventsPerPage = eventsPerPage
