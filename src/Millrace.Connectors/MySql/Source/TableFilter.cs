using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Predicates as conditions in SQL: those whose comparison means the same to the server as to us. Texts are compared by their
/// bytes, whatever the collation says.
/// </summary>
/// <param name="Sql">What stands behind WHERE; empty when nothing could be taken over.</param>
/// <param name="IsComplete">Whether no row comes that fails a predicate.</param>
internal sealed record TableFilter(string Sql, bool IsComplete)
{
    public static TableFilter Of(TableColumns columns, IReadOnlyList<ColumnPredicate> predicates)
    {
        (string Sql, bool IsExact)?[] conditions = [.. predicates.Select(p => Condition(p, columns))];
        return new TableFilter(
            string.Join(" AND ", conditions.Where(c => c is not null).Select(c => $"({c!.Value.Sql})")),
            Array.TrueForAll(conditions, c => c is { IsExact: true }));
    }

    private static (string Sql, bool IsExact)? Condition(ColumnPredicate predicate, TableColumns columns)
    {
        (ColumnInfo info, TypeMapping mapping) = columns[predicate.Column];
        string column = TableName.Quote(info.Name);

        // Dates that are none are NULL to us, and not, or not always, to the server.
        bool isDate = mapping.Type.Id is TypeId.Date or TypeId.Timestamp;
        if (predicate.Operator is PredicateOperator.IsNull or PredicateOperator.IsNotNull)
        {
            return isDate ? null : ($"{column} IS {(predicate.Operator == PredicateOperator.IsNull ? "" : "NOT ")}NULL", true);
        }

        if (predicate.Operator == PredicateOperator.In)
        {
            bool isExact = true;
            string? any = PredicateText.AnyOf(predicate, p =>
            {
                (string Sql, bool IsExact)? one = Condition(p, columns);
                isExact &= one is { IsExact: true };
                return one?.Sql;
            });
            return any is null ? null : (any, isExact);
        }

        bool isEqual = predicate.Operator == PredicateOperator.Equal;
        if (predicate.Value is not { } value || !value.Type.Equals(mapping.Type) || value.IsNull(0) || Constant(value, mapping.Type) is not { } constant)
        {
            return null;
        }

        string sign = PredicateText.Sign(predicate.Operator);
        return mapping.Type.Id switch
        {
            TypeId.Utf8 when mapping.Form == SentForm.Own && info.Type is "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext"
                => ($"{(isEqual ? $"{column} = {constant} AND " : "")}CAST(CONVERT({column} USING utf8mb4) AS BINARY) {sign} CAST({constant} AS BINARY)", true),
            TypeId.Uuid => isEqual || predicate.Operator == PredicateOperator.NotEqual ? ($"{column} {sign} {constant}", true) : null,
            TypeId.Utf8 => null,
            _ => ($"{mapping.Select(column)} {sign} {constant}", !isDate || isEqual),
        };
    }

    // The constant in SQL; null for one that the server may take for something else.
    private static string? Constant(Column value, DataType type)
    {
        string? text = PredicateText.Of(value, type);
        if (text is null)
        {
            return null;
        }

        switch (type.Id)
        {
            case TypeId.Int8 or TypeId.Int16 or TypeId.Int32 or TypeId.Int64 or TypeId.UInt8 or TypeId.UInt16 or TypeId.UInt32 or TypeId.UInt64 or TypeId.Decimal:
                return text.AsSpan().IndexOfAnyExcept("0123456789-.") < 0 ? text : null;
            case TypeId.Boolean:
                return text == "true" ? "1" : "0";
            case TypeId.Float32 or TypeId.Float64:
                double number = type.Id == TypeId.Float32 ? ((FixedColumn<float>)value).Values[0] : ((FixedColumn<double>)value).Values[0];
                return double.IsFinite(number) ? number.ToString("E17", CultureInfo.InvariantCulture) : null;
            case TypeId.Date:
                return PredicateText.HasPlainYear(text) ? SqlText.Literal(text) : null;
            case TypeId.Timestamp:
                Span<byte> plain = stackalloc byte[TimestampText.MaxLength];
                int length = TimestampText.Format(((FixedColumn<long>)value).Values[0], type.Unit, instant: false, plain, (byte)' ');
                string moment = Encoding.UTF8.GetString(plain[..length]);
                return PredicateText.HasPlainYear(moment) && !moment.Contains('Z', StringComparison.Ordinal) ? SqlText.Literal(moment) : null;
            case TypeId.Utf8 or TypeId.Uuid:
                return SqlText.Literal(text);
            default:
                return null;
        }
    }
}
