namespace Millrace.Connectors.Common;

/// <summary>The order in which an incremental read goes through a table, and how its database compares rows with a place in it, in its SQL.</summary>
internal interface ICursorOrder
{
    string CursorName { get; }

    /// <summary>The cursor in SQL.</summary>
    string Cursor { get; }

    CursorKind Kind { get; }

    bool IsNullable { get; }

    /// <summary>Columns that a position is made of: the cursor, and those that tell rows with the same one apart.</summary>
    int Count { get; }

    /// <summary>A value of the cursor, from the text of a position.</summary>
    string CursorLiteral(string value);

    /// <summary>A value of the cursor some time earlier.</summary>
    string Before(string value, TimeSpan time);

    /// <summary>What the rows behind one fulfil, among those with its value of the cursor.</summary>
    string Behind(IReadOnlyList<string> key);

    /// <summary>What rows fulfil that no snapshot like the one described has shown.</summary>
    string IsNew(string seen);
}
