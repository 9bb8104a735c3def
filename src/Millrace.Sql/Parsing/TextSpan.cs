namespace Millrace.Sql.Parsing;

/// <summary>A run of characters of a statement's text.</summary>
/// <param name="Start">First character, from 0, in the whole text that was parsed.</param>
/// <param name="Length">Characters.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>From the start of one to the end of the other.</summary>
    public static TextSpan Cover(TextSpan first, TextSpan last) => new(first.Start, Math.Max(last.End - first.Start, 0));
}
