namespace Millrace.Connectors.Tests.Databases;

/// <summary>Keeps the rows that were set aside, in their order.</summary>
internal sealed class ListedErrors : IRowErrorHandler
{
    public List<RowError> Rows { get; } = [];

    /// <summary>What stands in the column <c>id</c> of each.</summary>
    public IEnumerable<string> Ids => Rows.Select(e => System.Text.Json.JsonDocument.Parse(e.Raw).RootElement.GetProperty("id").GetRawText());

    public void OnRowError(RowError error) => Rows.Add(error);
}
