package administration

// What the tests need to know of the inside.
const AuditPage = auditPage
