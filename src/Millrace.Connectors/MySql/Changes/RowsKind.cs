namespace Millrace.Connectors.MySql;

internal enum RowChange
{
    Insert,
    Update,
    Delete,
}

/// <summary>What an event of rows holds, and how.</summary>
/// <param name="Change">What happened to them.</param>
/// <param name="HasExtra">Whether something of no meaning here stands before its columns.</param>
/// <param name="IsCompressed">Whether the rows are compressed.</param>
internal readonly record struct RowsKind(RowChange Change, bool HasExtra, bool IsCompressed)
{
    public static RowsKind? Of(LogEventType type) => type switch
    {
        LogEventType.WriteRowsV1 => new(RowChange.Insert, false, false),
        LogEventType.UpdateRowsV1 => new(RowChange.Update, false, false),
        LogEventType.DeleteRowsV1 => new(RowChange.Delete, false, false),
        LogEventType.WriteRows => new(RowChange.Insert, true, false),
        LogEventType.UpdateRows => new(RowChange.Update, true, false),
        LogEventType.DeleteRows => new(RowChange.Delete, true, false),
        LogEventType.WriteRowsCompressedV1 => new(RowChange.Insert, false, true),
        LogEventType.UpdateRowsCompressedV1 => new(RowChange.Update, false, true),
        LogEventType.DeleteRowsCompressedV1 => new(RowChange.Delete, false, true),
        LogEventType.WriteRowsCompressed => new(RowChange.Insert, true, true),
        LogEventType.UpdateRowsCompressed => new(RowChange.Update, true, true),
        LogEventType.DeleteRowsCompressed => new(RowChange.Delete, true, true),
        _ => null,
    };
}
