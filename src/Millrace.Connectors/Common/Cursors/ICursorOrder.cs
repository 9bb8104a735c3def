namespace Millrace.Connectors.Common;

/// <summary>How a database compares rows with a place in the order of a cursor, in its SQL.</summary>
internal interface ICursorOrder
{
    /// <summary>The cursor.</summary>
    string Cursor { get; }

    /// <summary>A value of the cursor, from the text of a position.</summary>
    string CursorLiteral(string value);

    /// <summary>What the rows behind one fulfil, among those with its value of the cursor.</summary>
    string Behind(IReadOnlyList<string> key);

    /// <summary>What rows fulfil that no snapshot like the one described has shown.</summary>
    string IsNew(string seen);
}
