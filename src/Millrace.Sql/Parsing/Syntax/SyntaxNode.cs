namespace Millrace.Sql.Parsing;

/// <summary>
/// A part of a statement as it was written, before any name has a meaning. Nodes are immutable. Two nodes that differ only
/// in <see cref="Span"/> are written alike, and print alike.
/// </summary>
public abstract record SyntaxNode
{
    /// <summary>Where it stands in the text; empty for nodes that no text made.</summary>
    public TextSpan Span { get; init; }
}

/// <summary>A name as it was written: <c>orders</c> or <c>"Order Lines"</c>, without its quotes.</summary>
/// <param name="Text">The name; unquoted names keep the case they were written in.</param>
/// <param name="Quoted">Whether it stood in quotes, so that its case counts.</param>
public sealed record Identifier(string Text, bool Quoted = false) : SyntaxNode
{
    /// <summary>Whether the identifier means a name: without quotes in any case, with quotes exactly, and otherwise in any case where that is the only one.</summary>
    public bool Matches(string name) => string.Equals(Text, name, Quoted ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Text;
}

/// <summary>Names joined with dots: <c>orders</c>, <c>o.id</c>, <c>o.address.city</c>.</summary>
public sealed record QualifiedName(IReadOnlyList<Identifier> Parts) : SyntaxNode
{
    public Identifier Last => Parts[^1];

    public override string ToString() => string.Join('.', Parts);
}

/// <summary>A type as it was written; <see cref="Millrace.Columnar.DataType.Parse"/> gives it a meaning.</summary>
/// <param name="Text">The words of the type with their parameters: <c>decimal(12,2)</c>, <c>array&lt;bigint&gt;</c>.</param>
public sealed record TypeSyntax(string Text) : SyntaxNode;

/// <summary>An option of a <c>WITH (…)</c> clause: a name, dotted or quoted, and its value as text.</summary>
public sealed record OptionSyntax(string Name, string Value) : SyntaxNode
{
    /// <summary>Where the value stands.</summary>
    public TextSpan ValueSpan { get; init; }
}
