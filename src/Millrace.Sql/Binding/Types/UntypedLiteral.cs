using Millrace.Columnar;

namespace Millrace.Sql.Binding;

/// <summary>
/// A string literal or NULL that takes the type its context wants. It lives only while an expression is being bound:
/// <see cref="Coercion"/> makes a constant of it.
/// </summary>
/// <param name="Text">The string; null for NULL.</param>
internal sealed record UntypedLiteral(string? Text) : BoundLeaf(DataType.Utf8);
