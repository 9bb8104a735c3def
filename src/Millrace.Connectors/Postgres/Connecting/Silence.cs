using System.Globalization;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>How long a server may be silent. The client library counts from byte to byte. Zero is any time.</summary>
/// <param name="Copying">While rows are copied.</param>
/// <param name="Answering">While a statement is answered.</param>
internal sealed record Silence(TimeSpan Copying, TimeSpan Answering)
{
    public static Silence Of(PostgresOptions options)
    {
        bool isOfStatements = options.StatementTimeout > TimeSpan.Zero && (options.NetworkTimeout <= TimeSpan.Zero || options.StatementTimeout < options.NetworkTimeout);
        return new Silence(options.NetworkTimeout, isOfStatements ? options.StatementTimeout : options.NetworkTimeout);
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
    public void Limit(NpgsqlRawCopyStream copy)
    {
        copy.ReadTimeout = Seconds(Copying) * 1000;
        copy.WriteTimeout = Seconds(Copying) * 1000;
    }

    /// <summary>What happened, with the time and its option.</summary>
    /// <param name="doing">What was done: "while …".</param>
    public string Describe(string doing) => Copying == Answering
        ? $"not a byte came or went for {Text(Copying)} while {doing}"
        : $"while {doing}, a statement was not answered within {Text(Answering)} (`statement_timeout`), or not a byte of rows came or went for {Text(Copying)} (`network_timeout`)";

    private static string Text(TimeSpan time) => time <= TimeSpan.Zero ? "any time" : string.Create(CultureInfo.InvariantCulture, $"{Seconds(time)} s");
}
