namespace Millrace.Sql.Parsing;

/// <summary>
/// Reads SQL. What is wrong is thrown as one <see cref="MillraceException"/> with its place; where a text has several errors,
/// the others are in <see cref="MillraceException.Related"/>. <see cref="SourceText.Render"/> shows an error in its line.
/// </summary>
public static class SqlParser
{
    /// <summary>Longest text that is read, in characters.</summary>
    public const int MaxLength = 10 << 20;

    /// <summary>The height that a tree may have, and how deep a text may nest.</summary>
    public const int MaxDepth = 1000;

    /// <summary>Statements parted by semicolons.</summary>
    public static IReadOnlyList<StatementSyntax> ParseScript(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        CheckLength(source);
        var errors = new ErrorList(source);
        var statements = new List<StatementSyntax>();
        try
        {
            var lexer = new Lexer(source, errors);
            while (true)
            {
                int before = errors.Count;
                if (!lexer.ReadStatement())
                {
                    break;
                }

                // Of a statement with characters that were passed over, the rest would only be complained about.
                if (errors.Count == before && new Parser(source, lexer, errors).ParseStatement() is { } statement)
                {
                    statements.Add(statement);
                }
            }
        }
        catch (TooManyErrorsException)
        {
            // Told below.
        }

        errors.ThrowIfAny();
        return statements;
    }

    /// <summary>The only statement of a text; a semicolon may follow it.</summary>
    public static StatementSyntax ParseStatement(SourceText source)
    {
        IReadOnlyList<StatementSyntax> statements = ParseScript(source);
        return statements.Count == 1 ? statements[0] : throw ParsingErrors.Count(source.Place(statements.Count == 0 ? default : statements[1].Span), statements.Count);
    }

    /// <summary>An expression that stands alone, as in options.</summary>
    public static ExpressionSyntax ParseExpression(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        CheckLength(source);
        var errors = new ErrorList(source);
        ExpressionSyntax? expression = null;
        try
        {
            var lexer = new Lexer(source, errors);
            lexer.ReadStatement();
            errors.ThrowIfAny();
            expression = new Parser(source, lexer, errors).ParseLoneExpression();
        }
        catch (TooManyErrorsException)
        {
            // Told below.
        }

        errors.ThrowIfAny();
        return expression!;
    }

    private static void CheckLength(SourceText source)
    {
        if (source.Text.Length > MaxLength)
        {
            throw ParsingErrors.Long(ErrorPlace.InFile(source.Name), source.Text.Length, MaxLength);
        }
    }
}
