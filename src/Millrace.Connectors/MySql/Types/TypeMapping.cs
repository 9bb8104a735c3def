using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>How values of a MySQL type become a column.</summary>
/// <param name="Type">Type of the column.</param>
/// <param name="Decoder">Makes the decoder for a number of rows.</param>
/// <param name="Form">What the server is asked to send.</param>
internal sealed record TypeMapping(DataType Type, Func<int, NoDates, ColumnDecoder> Decoder, SentForm Form = SentForm.Own)
{
    /// <summary>The expression that makes the server send the column in the wanted form.</summary>
    public string Select(string column) => Form switch
    {
        SentForm.Own => column,
        SentForm.Double => $"{column} + 0e0",
        SentForm.WellKnownBinary => $"ST_AsWKB({column})",
        SentForm.Text => $"CAST({column} AS CHAR CHARACTER SET utf8mb4)",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>In what form the server sends a value.</summary>
internal enum SentForm
{
    /// <summary>Its own text, or its bytes.</summary>
    Own,

    /// <summary>As a double: of a float the server would write six digits only.</summary>
    Double,

    /// <summary>A geometry as WKB, without the number of its reference system.</summary>
    WellKnownBinary,

    /// <summary>Cast to text.</summary>
    Text,
}

/// <summary>What becomes of dates that the calendar does not have. One object belongs to one reader.</summary>
internal sealed class NoDates(bool areErrors)
{
    public bool AreErrors => areErrors;

    /// <summary>How many became null.</summary>
    public long Count { get; set; }
}
