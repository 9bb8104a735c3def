using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>The time of a row where a query does not name a column for it.</summary>
internal static class EventTime
{
    /// <summary>Name of the system column with the time of a row.</summary>
    public const string ColumnName = "_event_time";

    /// <summary>The system column <c>_event_time</c> or <c>_timestamp</c>, else the only timestamp there is.</summary>
    public static BoundExpression Of(Scope scope, TextSpan span)
    {
        foreach (string name in (string[])[ColumnName, "_timestamp"])
        {
            if (scope.Find(new Identifier(name) { Span = span }) is { } system)
            {
                return system with { Span = span };
            }
        }

        ScopeColumn[] times = [.. scope.Columns.Where(c => !c.IsSystem && c.Expression.Type.Id == TypeId.Timestamp)];
        return times.Length == 1
            ? times[0].Expression with { Span = span }
            : throw BindingErrors.BadWindow(times.Length == 0 ? "There is no timestamp column to go by." : $"There are {times.Length} timestamp columns to go by: {string.Join(", ", times.Select(t => t.Name))}.", span, "Name the time column.");
    }

    /// <summary>A time to make windows of: a timestamp, or a date as its midnight.</summary>
    public static BoundExpression AsTimestamp(BoundExpression time) => time.Type.Id switch
    {
        TypeId.Timestamp => time,
        TypeId.Date => Coercion.Cast(time, DataType.Timestamp()),
        _ => throw BindingErrors.WrongType($"The time of a window has to be a timestamp, found {time.Type}.", time.Span),
    };
}
