using System.Globalization;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>How long a server may be silent. The client library counts from byte to byte. Zero is any time.</summary>
/// <param name="Copying">While rows are copied.</param>
/// <param name="Answering">While a statement is answered.</param>
/// <param name="Streaming">While changes are waited for: the server says that it is there from time to time, and when it is asked.</param>
internal sealed record Silence(TimeSpan Copying, TimeSpan Answering, TimeSpan Streaming)
{
    private static readonly TimeSpan MostStreaming = TimeSpan.FromMinutes(1);

    public static Silence Of(PostgresOptions options)
    {
        bool isOfStatements = options.StatementTimeout > TimeSpan.Zero && (options.NetworkTimeout <= TimeSpan.Zero || options.StatementTimeout < options.NetworkTimeout);
        return new Silence(
            options.NetworkTimeout,
            isOfStatements ? options.StatementTimeout : options.NetworkTimeout,
            options.NetworkTimeout > TimeSpan.Zero && options.NetworkTimeout < MostStreaming ? options.NetworkTimeout : MostStreaming);
    }

    /// <summary>For the client library, which takes whole seconds; 0 is no limit, which a part of a second is not.</summary>
    public static int Seconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 0, int.MaxValue / 1000);

    /// <summary>Whether an exception says that it lasted too long.</summary>
    public static bool Ended(Exception error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            if (e is TimeoutException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Limits the silence of a copy, which otherwise has that of statements.</summary>
    public void Limit(NpgsqlRawCopyStream copy) => Limit(copy, Copying);

    /// <summary>The same for a copy that is given up.</summary>
    public static void LimitEnd(NpgsqlRawCopyStream copy) => Limit(copy, PostgresServer.MostForEnding);

    private static void Limit(NpgsqlRawCopyStream copy, TimeSpan most)
    {
        copy.ReadTimeout = Seconds(most) * 1000;
        copy.WriteTimeout = Seconds(most) * 1000;
    }

    /// <summary>What happened, with the time and its option.</summary>
    /// <param name="doing">What was done: "while …".</param>
    public string Describe(string doing) => Copying == Answering
        ? $"not a byte came or went for {Text(Copying)} while {doing}"
        : $"while {doing}, a statement was not answered within {Text(Answering)} (`statement_timeout`), or not a byte of rows came or went for {Text(Copying)} (`network_timeout`)";

    /// <summary>The same of a stream of changes.</summary>
    public string DescribeStream() => $"nothing came for {Text(Streaming)} while changes were waited for, though the server says every few seconds that it is there";

    private static string Text(TimeSpan time) => time <= TimeSpan.Zero ? "any time" : string.Create(CultureInfo.InvariantCulture, $"{Seconds(time)} s");
}
