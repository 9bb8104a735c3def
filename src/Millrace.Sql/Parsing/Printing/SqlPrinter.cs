using System.Runtime.CompilerServices;
using System.Text;

namespace Millrace.Sql.Parsing;

/// <summary>
/// Writes syntax trees as text, each meaning in one way: parsing what was printed gives an equal tree, but for the spans.
/// Parentheses stand where precedence needs them.
/// </summary>
public sealed partial class SqlPrinter
{
    private readonly StringBuilder _text = new();

    private SqlPrinter()
    {
    }

    /// <summary>A statement with the annotations above it, without a semicolon.</summary>
    public static string Print(StatementSyntax statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var printer = new SqlPrinter();
        foreach (Annotation annotation in statement.Annotations)
        {
            printer.Add("-- @", annotation.Name, annotation.Value.Length == 0 ? "" : ": ", annotation.Value, "\n");
        }

        printer.Statement(statement);
        return printer._text.ToString();
    }

    public static string Print(QuerySyntax query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var printer = new SqlPrinter();
        printer.Query(query);
        return printer._text.ToString();
    }

    public static string Print(ExpressionSyntax expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var printer = new SqlPrinter();
        printer.Expression(expression);
        return printer._text.ToString();
    }

    private SqlPrinter Add(string text)
    {
        _text.Append(text);
        return this;
    }

    private SqlPrinter Add(params ReadOnlySpan<string> texts)
    {
        foreach (string text in texts)
        {
            _text.Append(text);
        }

        return this;
    }

    private void List<T>(IReadOnlyList<T> items, Action<T> print)
    {
        for (int i = 0; i < items.Count; i++)
        {
            Add(i == 0 ? "" : ", ");
            print(items[i]);
        }
    }

    private SqlPrinter InParentheses<T>(IReadOnlyList<T> items, Action<T> print)
    {
        Add("(");
        List(items, print);
        return Add(")");
    }

    private SqlPrinter Text(string value) => Add("'", value.Replace("'", "''", StringComparison.Ordinal), "'");

    /// <summary>A name where keywords can stand too, so that reserved words need quotes.</summary>
    private void Name(Identifier name) => Name(name, reservedToo: false);

    /// <summary>A name where only names can stand: behind AS or a dot.</summary>
    private void AnyName(Identifier name) => Name(name, reservedToo: true);

    private void Name(Identifier name, bool reservedToo)
        => Add(!name.Quoted && IsPlain(name.Text) && (reservedToo || !Keywords.IsReserved(Keywords.Find(name.Text)))
            ? name.Text
            : $"\"{name.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");

    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || !Lexer.IsNameStart(text[0]))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!Lexer.IsNamePart(c))
            {
                return false;
            }
        }

        return true;
    }

    private SqlPrinter Name(QualifiedName name, bool reservedToo = false)
    {
        for (int i = 0; i < name.Parts.Count; i++)
        {
            Add(i == 0 ? "" : ".");
            Name(name.Parts[i], reservedToo || i > 0);
        }

        return this;
    }

    private static void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw ParsingErrors.Stack(new ErrorPlace());
        }
    }
}
