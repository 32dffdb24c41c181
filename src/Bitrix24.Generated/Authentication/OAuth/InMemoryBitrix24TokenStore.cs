using System.Diagnostics.CodeAnalysis;

namespace Bitrix24;

/// <summary>
/// Represents a token store in memory. The tokens are lost with the process: save <see cref="Token"/> yourself, or use another store.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A semaphore without a wait handle holds no resource.")]
public sealed class InMemoryBitrix24TokenStore : IBitrix24TokenStore
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile Bitrix24Token? token;

    /// <summary>Initializes a new instance of the <see cref="InMemoryBitrix24TokenStore"/> class.</summary>
    /// <param name="token">The first pair; <see langword="null"/> when an authorization code will be exchanged for it.</param>
    public InMemoryBitrix24TokenStore(Bitrix24Token? token = null) => this.token = token;

    /// <summary>Gets the pair that was saved last. Serializers leave it out.</summary>
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public Bitrix24Token? Token => token;

    /// <inheritdoc/>
    public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) => new(token);

    /// <inheritdoc/>
    public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        this.token = token;
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Gate(gate);
    }

    private sealed class Gate(SemaphoreSlim gate) : IAsyncDisposable
    {
        private SemaphoreSlim? held = gate;

        public ValueTask DisposeAsync()
        {
            Interlocked.Exchange(ref held, null)?.Release();
            return default;
        }
    }
}
