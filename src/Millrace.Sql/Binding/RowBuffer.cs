using Millrace.Columnar;

namespace Millrace.Sql.Binding;

/// <summary>
/// How the rows of a partition are cut into buffers, in their order: a buffer ends when it is full, and before a row whose time
/// is so far behind that of the row before it that the buffer has expired.
/// </summary>
/// <param name="Rows">Rows that fill a buffer; null for as many as come.</param>
/// <param name="Expiry">The time between two rows from which a buffer is expired; null for never.</param>
public sealed record RowBuffer(long? Rows, Interval? Expiry);
