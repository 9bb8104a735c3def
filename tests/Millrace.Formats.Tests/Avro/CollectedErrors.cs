namespace Millrace.Formats.Tests.Avro;

/// <summary>Keeps bad rows and goes on.</summary>
internal sealed class CollectedErrors : IRowErrorHandler
{
    public List<RowError> Errors { get; } = [];

    public void OnRowError(RowError error) => Errors.Add(error);
}
