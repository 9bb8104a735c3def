using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>How values of a PostgreSQL type become a column.</summary>
/// <param name="Type">Type of the column.</param>
/// <param name="Decoder">Makes the decoder for a number of rows.</param>
/// <param name="Form">What the server is asked to send.</param>
internal sealed record TypeMapping(DataType Type, Func<int, ColumnDecoder> Decoder, SentForm Form = SentForm.Own)
{
    /// <summary>The expression that makes the server send the column in the wanted form.</summary>
    public string Select(string column) => Form switch
    {
        SentForm.Own => column,
        SentForm.Text => $"CASE WHEN num_nonnulls({column}) = 1 THEN format('%s', {column}) END",
        SentForm.TextArray => $"{column}::text[]",
        SentForm.Numeric => $"{column}::numeric",
        SentForm.Json => $"to_jsonb({column})",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>In what form the server sends a value.</summary>
internal enum SentForm
{
    /// <summary>The binary form of its own type.</summary>
    Own,

    /// <summary>The text that its output function makes, as psql shows it.</summary>
    Text,

    /// <summary>An array of such texts.</summary>
    TextArray,

    /// <summary>As a number.</summary>
    Numeric,

    /// <summary>As JSON.</summary>
    Json,
}
