using System.Globalization;
using System.Net;
using Bitrix24.Benchmarks.Stock;

namespace Bitrix24.Benchmarks;

/// <summary>Runs the clients in turn against the server, round after round, and compares each with the floor of the same round.</summary>
internal static class LoopbackMeasurement
{
    internal const string Command = "measure";

    private const int DefaultRounds = 15;

    /// <summary>Arguments: the port and, optionally, the number of rounds.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        var webhook = new Uri($"http://127.0.0.1:{arguments[0]}/rest/1/abc123/");
        var rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : DefaultRounds;
        ICandidate[] candidates =
        [
            new FloorClient(MakeHttpClient(), webhook),
            new GeneratedClient(webhook),
            new StockClient(MakeHttpClient()) { BaseUrl = webhook.ToString() },
        ];

        Console.WriteLine($"{rounds} rounds; median (least-most) of the ratios to the floor of the same round");
        Console.WriteLine();
        Console.WriteLine("| scenario | client | time | client CPU | allocated | bytes per call |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var scenario in Scenario.All)
        {
            await CompareAsync(scenario, candidates, rounds);
        }

        return 0;
    }

    private static async Task CompareAsync(Scenario scenario, ICandidate[] candidates, int rounds)
    {
        var ids = scenario.MakeIds();
        var samples = candidates.Select(_ => new List<Sample>()).ToArray();

        // During the first rounds and the pauses, the runtime optimizes hot code in the background.
        const int WarmUp = 4;
        for (var round = -WarmUp; round < rounds; round++)
        {
            for (var turn = 0; turn < candidates.Length; turn++)
            {
                var index = (turn + round + WarmUp) % candidates.Length;
                var sample = await Sample.TakeAsync(candidates[index], ids, scenario.InFlight, scenario.Calls);
                if (round >= 0)
                {
                    samples[index].Add(sample);
                }
                else
                {
                    await Task.Delay(150);
                }
            }
        }

        for (var index = 0; index < candidates.Length; index++)
        {
            var time = Ratio.Of(samples[index], samples[0], sample => sample.Time);
            var cpu = Ratio.Of(samples[index], samples[0], sample => sample.Cpu);
            var allocated = Ratio.Of(samples[index], samples[0], sample => sample.Bytes);
            var bytes = samples[index].Select(sample => sample.Bytes).Order().ElementAt(rounds / 2);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {scenario} | {candidates[index].Name} | {time} | {cpu} | {allocated} | {bytes:N0} |"
                )
            );
        }
    }

    /// <summary>Creates the same handler that this client creates for itself.</summary>
    internal static HttpClient MakeHttpClient() =>
        new(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ActivityHeadersPropagator = null,
                UseProxy = false,
            }
        );
}
