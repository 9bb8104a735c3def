using System.Text.RegularExpressions;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Walks through the text of a filter, word by word.</summary>
/// <param name="text">The filter.</param>
/// <param name="table">What the user calls the table, for errors.</param>
internal sealed partial class FilterTokens(string text, string table)
{
    private int _at;

    public bool AtEnd => string.IsNullOrWhiteSpace(text[_at..]);

    /// <summary>Whether a word comes next, which is passed over then.</summary>
    public bool Takes(string word)
    {
        Match next = Token().Match(text, _at);
        if (!next.Success || !next.Groups["word"].Value.Equals(word, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        _at += next.Length;
        return true;
    }

    public bool TakesSign(string sign)
    {
        Match next = Token().Match(text, _at);
        if (next.Groups["mark"].Value != sign)
        {
            return false;
        }

        _at += next.Length;
        return true;
    }

    public void ExpectSign(string sign)
    {
        if (!TakesSign(sign))
        {
            throw Unexpected(sign);
        }
    }

    public void Expect(string word)
    {
        if (!Takes(word))
        {
            throw Unexpected(word);
        }
    }

    public string Name()
    {
        Match next = Next("a column", "word", "name");
        return next.Groups["name"].Success ? next.Groups["name"].Value[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : next.Groups["word"].Value;
    }

    public PredicateOperator Operator() => Next("=, <>, <, <=, >, >=, IS, IN or BETWEEN", "sign").Groups["sign"].Value switch
    {
        "=" => PredicateOperator.Equal,
        "<" => PredicateOperator.Less,
        "<=" => PredicateOperator.LessOrEqual,
        ">" => PredicateOperator.Greater,
        ">=" => PredicateOperator.GreaterOrEqual,
        _ => PredicateOperator.NotEqual,
    };

    public (string Text, bool IsQuoted) Constant()
    {
        Match next = Next("a constant", "text", "number", "word");
        string word = next.Groups["word"].Value;
        return next.Groups["text"].Success ? (next.Groups["text"].Value[1..^1].Replace("''", "'", StringComparison.Ordinal), true)
            : next.Groups["number"].Success ? (next.Groups["number"].Value, false)
            : word.ToUpperInvariant() is "TRUE" or "FALSE" ? (word, false)
            : throw Fault($"Found '{word}' where a constant is expected: texts stand in single quotes");
    }

    public MillraceException Unexpected(string expected)
        => Fault(AtEnd ? $"The filter ends where {expected} is expected" : $"Found '{text[_at..].Trim()}' where {expected} is expected");

    public MillraceException Fault(string fault) => IcebergErrors.BadFilter.Error($"{fault}.", ErrorPlace.InFile(table));

    private Match Next(string expected, params ReadOnlySpan<string> kinds)
    {
        Match next = Token().Match(text, _at);
        bool fits = false;
        foreach (string kind in kinds)
        {
            fits |= next.Groups[kind].Success;
        }

        if (!fits)
        {
            throw Unexpected(expected);
        }

        _at += next.Length;
        return next;
    }

    [GeneratedRegex("""\G\s*(?:(?<text>'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*")|(?<word>[\p{L}_][\p{L}\p{Nd}_$.]*)|(?<number>[+-]?\d[\w.+-]*)|(?<mark>[(),])|(?<sign><>|!=|<=|>=|<|>|=))""", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
