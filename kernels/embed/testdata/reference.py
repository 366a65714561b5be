"""Writes scikit-learn.json: what scikit-learn makes of small data. Run with scikit-learn 1.9.1: python reference.py > scikit-learn.json"""
import json

import numpy as np
import sklearn
from scipy.spatial.distance import squareform
from sklearn.decomposition import PCA
from sklearn.manifold import _t_sne, trustworthiness
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(7)


def data(n, d):
    """Points in three clusters, in float32."""
    return (rng.normal(size=(n, d)) + 2 * rng.integers(0, 3, size=(n, 1))).astype(np.float32)


def flat(a):
    return [float(v) for v in np.asarray(a, dtype=np.float64).ravel()]


def pca(n, d, k):
    x = data(n, d)
    p = PCA(k, svd_solver="full").fit(x.astype(np.float64))
    return dict(x=flat(x), dims=d, k=k, components=flat(p.components_), variance=flat(p.explained_variance_),
                share=flat(p.explained_variance_ratio_), points=flat(p.transform(x.astype(np.float64))))


def tsne(n, d, perplexity, neighbours):
    x = data(n, d)
    y = rng.normal(size=(n, 2)).astype(np.float32)
    if neighbours == n - 1:
        dist = pairwise_distances(x.astype(np.float64), metric="sqeuclidean").astype(np.float32)
        p = squareform(_t_sne._joint_probabilities(dist, perplexity, 0))
    else:
        graph = NearestNeighbors(n_neighbors=neighbours).fit(x).kneighbors_graph(mode="distance")
        graph.data **= 2
        p = _t_sne._joint_probabilities_nn(graph, perplexity, 0).toarray()
    # The divergence and gradient are those of equations 2 and 5 in float64; scikit-learn's exact form gives them for a full P.
    dist = pairwise_distances(y.astype(np.float64), metric="sqeuclidean")
    w = 1 / (1 + dist)
    np.fill_diagonal(w, 0)
    q = w / w.sum()
    off = p > 0
    kl = (p[off] * np.log(p[off] / q[off])).sum()
    pq = (p - q) * w
    grad = 4 * np.stack([(pq[i][:, None] * (y[i].astype(np.float64) - y)).sum(0) for i in range(n)])
    if neighbours == n - 1:
        kl2, grad2 = _t_sne._kl_divergence(y.astype(np.float64).ravel(), squareform(p), 1, n, 2)
        assert abs(kl - kl2) < 1e-6 and np.abs(grad.ravel() - grad2).max() < 1e-6, (kl, kl2)
    return dict(x=flat(x), dims=d, perplexity=perplexity, neighbours=neighbours, p=flat(p), y=flat(y), kl=float(kl), gradient=flat(grad))


def trust(n, d, e, ks):
    x = data(n, d)
    y = (x[:, :e] + rng.normal(size=(n, e))).astype(np.float32)
    return dict(x=flat(x), dims=d, y=flat(y), k=ks, trust=[float(trustworthiness(x.astype(np.float64), y.astype(np.float64), n_neighbors=k)) for k in ks])


def rounded(v):
    if isinstance(v, dict):
        return {k: rounded(w) for k, w in v.items()}
    if isinstance(v, list):
        return [rounded(w) for w in v]
    return float(f"{v:.9g}") if isinstance(v, float) else v


print(json.dumps(rounded(dict(
    version="scikit-learn " + sklearn.__version__,
    pca=[pca(30, 6, 6), pca(7, 20, 6), pca(12, 12, 3)],
    tsne=[tsne(40, 5, 7, 39), tsne(40, 5, 5, 15)],
    trust=[trust(50, 6, 2, [1, 5, 12, 24]), trust(31, 4, 1, [3])],
))))
