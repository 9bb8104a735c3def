namespace Millrace.Sql.Parsing;

/// <summary>Errors of text that is not a statement.</summary>
public static class ParsingErrors
{
    public static readonly ErrorCode Unexpected = new("MR5001", "A statement does not go on as the language allows.", "Change the statement at the place named.");
    public static readonly ErrorCode Unterminated = new("MR5002", "A quote or comment has no end.", "Close it; a quote inside of quotes is written twice.");
    public static readonly ErrorCode BadCharacter = new("MR5003", "A character has no meaning in SQL.", "Remove it, or put the name or text that it belongs to in quotes.");
    public static readonly ErrorCode TooDeep = new("MR5004", "A statement nests too deep.", "Break it into common table expressions, or write long lists of conditions with IN.");
    public static readonly ErrorCode TooLong = new("MR5005", "The text of the statements is too long.", "Put data into a file and read that; split scripts.");
    public static readonly ErrorCode Repeated = new("MR5006", "Something stands twice that may stand once.", "Keep one of them.");
    public static readonly ErrorCode BadLiteral = new("MR5007", "A constant cannot be read.", "Write it in the form that the message names.");
    public static readonly ErrorCode NotOneStatement = new("MR5008", "The text is not exactly one statement.", "Run several statements as a script.");
    public static readonly ErrorCode NotAssociative = new("MR5009", "Comparisons do not chain.", "Join them with AND, or put one of them in parentheses.");
    public static readonly ErrorCode BadFrame = new("MR5010", "The frame of a window ends before it begins.", "Write the earlier bound first.");
    public static readonly ErrorCode TooManySets = new("MR5011", "The grouping sets are too many.", "Name the sets that are wanted with GROUPING SETS.");
    public static readonly ErrorCode BadAnnotation = new("MR5012", "An annotation above a statement means nothing.", "Annotations are described in docs/reference/sql.md; a comment that is none does not begin with @.");

    internal static MillraceException Found(ErrorPlace place, string found, string expected, string? hint)
        => Unexpected.Error($"Found {found}, expected {expected}.", place, hint ?? "");

    internal static MillraceException NoEnd(ErrorPlace place, string what)
        => Unterminated.Error($"{what} that begins here has no end.", place);

    internal static MillraceException Character(ErrorPlace place, char character, string? hint)
        => BadCharacter.Error(char.IsControl(character) || char.IsSurrogate(character) || char.IsWhiteSpace(character)
            ? $"Found the character U+{(int)character:X4}, which has no meaning in SQL."
            : $"Found '{character}', which has no meaning in SQL.", place, hint);

    internal static MillraceException Nests(ErrorPlace place, int limit)
        => TooDeep.Error($"The statement nests deeper than {limit}.", place);

    internal static MillraceException Stack(ErrorPlace place)
        => TooDeep.Error("The statement nests deeper than the stack of this thread allows.", place);

    internal static MillraceException Long(ErrorPlace place, int length, int limit)
        => TooLong.Error($"The text has {length} characters, at most {limit} are read.", place);

    internal static MillraceException Twice(ErrorPlace place, string what)
        => Repeated.Error($"{what} stands here for the second time.", place);

    internal static MillraceException Literal(ErrorPlace place, string message, string? hint = null)
        => BadLiteral.Error(message, place, hint);

    internal static MillraceException Count(ErrorPlace place, int found)
        => NotOneStatement.Error($"Found {(found == 0 ? "no statement" : "another statement")}, expected exactly one.", place);

    internal static MillraceException Chained(ErrorPlace place, string found)
        => NotAssociative.Error($"Found {found} behind another comparison, which cannot be compared again.", place);

    internal static MillraceException Frame(ErrorPlace place, string message) => BadFrame.Error(message, place);

    internal static MillraceException Annotated(ErrorPlace place, string message, string? hint) => BadAnnotation.Error(message, place, hint);

    internal static MillraceException Sets(ErrorPlace place, int limit)
        => TooManySets.Error($"The grouping sets here are more than {limit}.", place);
}
