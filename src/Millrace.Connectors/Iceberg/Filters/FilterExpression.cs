using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// A filter as users write it: comparisons of columns with constants, joined by <c>AND</c>: <c>region = 'eu' AND day &gt;= '2026-01-01'</c>,
/// <c>note IS NOT NULL</c>, <c>id BETWEEN 10 AND 20</c>, <c>region IN ('eu', 'us')</c>.
/// </summary>
internal static class FilterExpression
{
    /// <summary>The comparisons, which all have to hold; the caller disposes their constants.</summary>
    /// <param name="text">The filter.</param>
    /// <param name="schema">The columns, of which the outer ones can be compared.</param>
    /// <param name="table">What the user calls the table.</param>
    public static List<ColumnPredicate> Parse(string text, TableSchema schema, string table)
    {
        var predicates = new List<ColumnPredicate>();
        var tokens = new FilterTokens(text, table);
        try
        {
            do
            {
                Term(tokens, schema, predicates);
            }
            while (tokens.Takes("AND"));

            return tokens.AtEnd ? predicates : throw tokens.Unexpected("AND or the end");
        }
        catch
        {
            predicates.ForEach(p => p.Value?.Dispose());
            throw;
        }
    }

    private static void Term(FilterTokens tokens, TableSchema schema, List<ColumnPredicate> predicates)
    {
        string name = tokens.Name();
        IcebergField column = schema.Fields.FirstOrDefault(f => f.Name == name) ?? schema.Fields.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw tokens.Fault($"There is no column '{name}'{NearestName.Suggest(name, schema.Fields.Select(f => f.Name))}");
        if (column.Type is not IcebergPrimitive type)
        {
            throw tokens.Fault($"Column '{column.Name}' is of type {column.Type}, and only plain values are compared");
        }

        if (tokens.Takes("IS"))
        {
            bool isNot = tokens.Takes("NOT");
            tokens.Expect("NULL");
            predicates.Add(new ColumnPredicate(column.Name, isNot ? PredicateOperator.IsNotNull : PredicateOperator.IsNull, null));
        }
        else if (tokens.Takes("BETWEEN"))
        {
            predicates.Add(new ColumnPredicate(column.Name, PredicateOperator.GreaterOrEqual, Constant(tokens, column.Name, type)));
            tokens.Expect("AND");
            predicates.Add(new ColumnPredicate(column.Name, PredicateOperator.LessOrEqual, Constant(tokens, column.Name, type)));
        }
        else if (tokens.Takes("IN"))
        {
            predicates.Add(new ColumnPredicate(column.Name, PredicateOperator.In, List(tokens, column.Name, type)));
        }
        else
        {
            predicates.Add(new ColumnPredicate(column.Name, tokens.Operator(), Constant(tokens, column.Name, type)));
        }
    }

    private static Column List(FilterTokens tokens, string column, IcebergPrimitive type)
    {
        using ColumnBuilder list = ColumnBuilder.Create(TypeMapping.ToColumnType(type), 4);
        tokens.ExpectSign("(");
        do
        {
            ColumnValue.Append(list, Value(tokens, column, type));
        }
        while (tokens.TakesSign(","));

        tokens.ExpectSign(")");
        return list.Build();
    }

    private static Column Constant(FilterTokens tokens, string column, IcebergPrimitive type)
        => ColumnValue.Repeat(TypeMapping.ToColumnType(type), Value(tokens, column, type), 1);

    private static object Value(FilterTokens tokens, string column, IcebergPrimitive type)
    {
        (string text, bool isQuoted) = tokens.Constant();

        // What has no form of its own in JSON is written as text there.
        bool isPlain = type.Kind is IcebergKind.Int or IcebergKind.Long or IcebergKind.Float or IcebergKind.Double or IcebergKind.Boolean;
        object? value = null;
        try
        {
            value = SingleValueJson.Parse(type, isPlain ? text.TrimStart('+').ToLowerInvariant() : JsonDocuments.Write(j => j.WriteStringValue(text)));
        }
        catch (MillraceException)
        {
        }

        return value ?? throw tokens.Fault($"Column '{column}' is of type {type}, and {(isQuoted ? $"'{text}'" : text)} is no value of it");
    }
}
