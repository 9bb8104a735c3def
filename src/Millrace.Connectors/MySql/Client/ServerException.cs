namespace Millrace.Connectors.MySql;

/// <summary>What the server, or the client library on its behalf, said of a statement; <see cref="MySqlFaults"/> makes an error of the catalogue of it.</summary>
internal sealed class ServerException(uint number, string state, string text) : Exception(text)
{
    /// <summary>Numbers from 2000 to 2999 are the client library's, others the server's ("Error Message Reference").</summary>
    public uint Number { get; } = number;

    public string State { get; } = state;

    /// <summary>The statement that the server left without an answer, where silence ended the connection; null for any other cause.</summary>
    public string? Unanswered { get; init; }

    /// <summary>How long the silence was.</summary>
    public TimeSpan Silence { get; init; }
}
