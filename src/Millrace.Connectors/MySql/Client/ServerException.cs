namespace Millrace.Connectors.MySql;

/// <summary>What the server, or the client library on its behalf, said of a statement; <see cref="MySqlFaults"/> makes an error of the catalogue of it.</summary>
internal sealed class ServerException(uint number, string state, string text) : Exception(text)
{
    /// <summary>Numbers from 2000 to 2999 are the client library's, others the server's ("Error Message Reference").</summary>
    public uint Number { get; } = number;

    public string State { get; } = state;
}
