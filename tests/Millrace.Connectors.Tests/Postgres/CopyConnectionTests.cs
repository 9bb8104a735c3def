using Millrace.Connectors.Postgres;
using Npgsql;

namespace Millrace.Connectors.Tests.Postgres;

public class CopyConnectionTests
{
    /// <summary>A new version of Npgsql may name what is reached otherwise; copies would go on, slower, and nobody would notice.</summary>
    [Fact]
    public async Task Rows_of_a_copy_come_many_at_once_and_the_connection_can_be_used_afterwards()
    {
        PostgresTestServer server = PostgresTestServer.Demand();
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username={DatabaseTestServer.User};Database=postgres;Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        for (int turn = 0; turn < 2; turn++)
        {
            Assert.True(CopyConnection.JoinRows(connection));
            (int reads, int bytes) = (0, 0);
            await using (NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync("COPY (SELECT i FROM generate_series(1, 10000) i) TO STDOUT (FORMAT binary)", TestContext.Current.CancellationToken))
            {
                byte[] buffer = new byte[64 << 10];
                while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var read)
                {
                    reads++;
                    bytes += read;
                }
            }

            // A header of 19 bytes, 10 bytes a row, 2 bytes at the end.
            Assert.Equal(100_021, bytes);
            Assert.InRange(reads, 1, 1_000);
            using var command = new NpgsqlCommand("SELECT 7", connection);
            Assert.Equal(7, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }
}
