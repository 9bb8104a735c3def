using System.Text.Json.Nodes;

namespace Millrace.Connectors.Files;

/// <summary>
/// Hands bad rows on with what decoding them again needs, but not those among rows that an earlier run has dealt with.
/// </summary>
internal sealed class SkippableRowErrors(IRowErrorHandler inner, Func<JsonObject> context) : IRowErrorHandler
{
    private JsonObject? _context;

    public bool Skipping { get; set; }

    public void OnRowError(RowError error)
    {
        if (!Skipping)
        {
            inner.OnRowError(error.Context is null ? error with { Context = _context ??= context() } : error);
        }
    }
}
