namespace Millrace.Connectors.Tests.Databases;

/// <summary>Keeps the rows that were set aside, in their order.</summary>
internal sealed class ListedErrors : IRowErrorHandler
{
    public List<RowError> Rows { get; } = [];

    public void OnRowError(RowError error) => Rows.Add(error);
}
