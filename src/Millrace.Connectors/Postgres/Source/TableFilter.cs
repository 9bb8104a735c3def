using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Predicates as conditions in SQL, those whose comparison means the same to the server as to us: numbers, times, uuid, bool,
/// and text by its bytes.
/// </summary>
/// <param name="Sql">What stands behind WHERE; empty when nothing could be taken over.</param>
/// <param name="IsComplete">Whether every predicate was taken over.</param>
internal sealed record TableFilter(string Sql, bool IsComplete)
{
    // The server could not even be asked about a text with this character.
    private const char Nul = '\0';

    /// <param name="columns">All columns of the table.</param>
    /// <param name="types">Their types.</param>
    /// <param name="predicates">What is wanted.</param>
    /// <param name="ordersBytes">Whether the server's texts are UTF-8, so that their bytes are ordered as ours are.</param>
    public static TableFilter Of(TableColumns columns, IReadOnlyDictionary<uint, PgType> types, IReadOnlyList<ColumnPredicate> predicates, bool ordersBytes)
    {
        string[] conditions = [.. predicates.Select(p => Condition(p, columns, types, ordersBytes)).OfType<string>()];
        return new TableFilter(string.Join(" AND ", conditions), conditions.Length == predicates.Count);
    }

    private static string? Condition(ColumnPredicate predicate, TableColumns columns, IReadOnlyDictionary<uint, PgType> types, bool ordersBytes)
    {
        (ColumnInfo info, TypeMapping mapping) = columns[predicate.Column];
        string column = TableName.Quote(info.Name);

        // IS NULL is true of a composite value of nulls, and so are neither of the two of one with some nulls.
        switch (predicate.Operator)
        {
            case PredicateOperator.IsNull:
                return mapping.Type.Id == TypeId.Struct ? $"num_nulls({column}) = 1" : $"{column} IS NULL";
            case PredicateOperator.IsNotNull:
                return mapping.Type.Id == TypeId.Struct ? $"num_nonnulls({column}) = 1" : $"{column} IS NOT NULL";
            case PredicateOperator.In:
                return PredicateText.AnyOf(predicate, p => Condition(p, columns, types, ordersBytes));
        }

        string sign = PredicateText.Sign(predicate.Operator);
        if (mapping.Form != SentForm.Own || Constant(predicate.Value!, mapping.Type) is not { } constant || types.GetValueOrDefault(info.Type) is not { Kind: PgTypeKind.Base, IsBuiltIn: true } type)
        {
            return null;
        }

        return type.Name switch
        {
            "int2" or "int4" or "int8" or "float4" or "float8" or "numeric" or "oid" or "date" or "timestamp" or "timestamptz" or "uuid" or "bool"
                => $"{column} {sign} {SqlText.Literal(constant, type.Name)}",

            // The first condition lets an index of the column's collation serve.
            "text" or "varchar" when predicate.Operator == PredicateOperator.Equal
                => $"{column} = {SqlText.Literal(constant, "text")} AND {column} COLLATE \"C\" = {SqlText.Literal(constant, "text")}",
            "text" or "varchar" when ordersBytes || predicate.Operator == PredicateOperator.NotEqual
                => $"{column} COLLATE \"C\" {sign} {SqlText.Literal(constant, "text")}",
            _ => null,
        };
    }

    // The constant as the server reads it; null for one that it may read as something else.
    private static string? Constant(Column value, DataType type)
    {
        if (!value.Type.Equals(type) || value.IsNull(0))
        {
            return null;
        }

        string? text = PredicateText.Of(value, type);
        return type.Id switch
        {
            TypeId.Date or TypeId.Timestamp => text is not null && PredicateText.HasPlainYear(text) ? text : null,
            TypeId.Utf8 => text is not null && !text.Contains(Nul, StringComparison.Ordinal) ? text : null,
            TypeId.Float32 or TypeId.Float64 => text is not null && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? text : null,
            _ => text,
        };
    }
}
