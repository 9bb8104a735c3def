namespace Millrace.Connectors.Files;

/// <summary>Hands bad rows on, but not those among rows that an earlier run has dealt with.</summary>
internal sealed class SkippableRowErrors(IRowErrorHandler inner) : IRowErrorHandler
{
    public bool Skipping { get; set; }

    public void OnRowError(RowError error)
    {
        if (!Skipping)
        {
            inner.OnRowError(error);
        }
    }
}
