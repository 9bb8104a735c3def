using System.Text.RegularExpressions;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// A filter as users write it: comparisons of columns with constants, joined by <c>AND</c>: <c>region = 'eu' AND day &gt;= '2026-01-01'</c>,
/// <c>note IS NOT NULL</c>, <c>id BETWEEN 10 AND 20</c>.
/// </summary>
internal static partial class FilterExpression
{
    /// <summary>The comparisons, which all have to hold; the caller disposes their constants.</summary>
    public static List<ColumnPredicate> Parse(string text, TableSchema schema)
    {
        var predicates = new List<ColumnPredicate>();
        var reader = new Tokens(text);
        try
        {
            do
            {
                Term(reader, schema, predicates);
            }
            while (reader.Takes("AND"));

            return reader.AtEnd ? predicates : throw reader.Unexpected("AND or the end");
        }
        catch
        {
            predicates.ForEach(p => p.Value?.Dispose());
            throw;
        }
    }

    private static void Term(Tokens reader, TableSchema schema, List<ColumnPredicate> predicates)
    {
        string name = reader.Name();
        IcebergField column = schema.Fields.FirstOrDefault(f => f.Name == name) ?? schema.Fields.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw IcebergErrors.Filter($"There is no column '{name}'{NearestName.Suggest(name, schema.Fields.Select(f => f.Name))}");
        if (column.Type is not IcebergPrimitive type)
        {
            throw IcebergErrors.Filter($"Column '{column.Name}' is of type {column.Type}, and only plain values are compared");
        }

        if (reader.Takes("IS"))
        {
            bool isNot = reader.Takes("NOT");
            reader.Expect("NULL");
            predicates.Add(new ColumnPredicate(column.Name, isNot ? PredicateOperator.IsNotNull : PredicateOperator.IsNull, null));
            return;
        }

        if (reader.Takes("BETWEEN"))
        {
            predicates.Add(new ColumnPredicate(column.Name, PredicateOperator.GreaterOrEqual, Constant(reader.Constant(), column, type)));
            reader.Expect("AND");
            predicates.Add(new ColumnPredicate(column.Name, PredicateOperator.LessOrEqual, Constant(reader.Constant(), column, type)));
            return;
        }

        predicates.Add(new ColumnPredicate(column.Name, reader.Operator(), Constant(reader.Constant(), column, type)));
    }

    private static Column Constant((string Text, bool IsQuoted) constant, IcebergField column, IcebergPrimitive type)
    {
        // What has no form of its own in JSON is written as text there.
        bool isPlain = !constant.IsQuoted && type.Kind is IcebergKind.Int or IcebergKind.Long or IcebergKind.Float or IcebergKind.Double or IcebergKind.Boolean;
        string text = type.IsTimestamp && constant.Text.Length == 10 ? constant.Text + "T00:00:00" : constant.Text;
        try
        {
            string json = isPlain ? text.ToLowerInvariant() : JsonDocuments.Write(j => j.WriteStringValue(text));
            return ColumnValue.Repeat(TypeMapping.ToColumnType(type), SingleValueJson.Parse(type, json), 1);
        }
        catch (MillraceException)
        {
            throw IcebergErrors.Filter($"Column '{column.Name}' is of type {type}, and {(constant.IsQuoted ? $"'{constant.Text}'" : constant.Text)} is no value of it");
        }
    }

    [GeneratedRegex("""\s*(?:(?<text>'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*")|(?<word>[\p{L}_][\p{L}\p{Nd}_$.]*)|(?<number>[+-]?\d[\w.+-]*)|(?<sign><>|!=|<=|>=|<|>|=))""", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    /// <summary>Walks through the text.</summary>
    private sealed class Tokens(string text)
    {
        private int _at;

        public bool AtEnd => string.IsNullOrWhiteSpace(text[_at..]);

        public bool Takes(string word)
        {
            Match next = Token().Match(text, _at);
            if (!next.Success || next.Index != _at || !next.Groups["word"].Value.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            _at += next.Length;
            return true;
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

        public PredicateOperator Operator() => Next("=, <>, <, <=, >, >=, IS or BETWEEN", "sign").Groups["sign"].Value switch
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
                : throw IcebergErrors.Filter($"Found '{word}' where a constant is expected: texts stand in single quotes");
        }

        public MillraceException Unexpected(string expected)
            => IcebergErrors.Filter(AtEnd ? $"The filter ends where {expected} is expected" : $"Found '{text[_at..].Trim()}' where {expected} is expected");

        private Match Next(string expected, params ReadOnlySpan<string> kinds)
        {
            Match next = Token().Match(text, _at);
            bool fits = false;
            foreach (string kind in kinds)
            {
                fits |= next.Success && next.Index == _at && next.Groups[kind].Success;
            }

            if (!fits)
            {
                throw Unexpected(expected);
            }

            _at += next.Length;
            return next;
        }
    }
}
