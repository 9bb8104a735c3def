namespace Millrace.Fuzz;

internal sealed class IgnoredRowErrors : IRowErrorHandler
{
    public void OnRowError(RowError error) => ArgumentException.ThrowIfNullOrEmpty(error.Message);
}
